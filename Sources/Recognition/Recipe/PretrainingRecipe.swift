import StimmungBoltzmann
import StimmungNetworks
import StimmungSupport

/// The pre-training part of a recipe: trains Boltzmann machines without labels, whose hidden probabilities are the input of the network.
package struct PretrainingRecipe: Sendable, Equatable {
    /// One machine of the stack. The lowest has Gaussian visible units, the others have binary ones.
    package struct Machine: Sendable, Equatable {
        package var hidden: Int
        /// Past frames that the machine is conditioned on: 0 is an RBM, 1 or more a conditional RBM.
        package var order = 0

        package init(hidden: Int, order: Int = 0) {
            self.hidden = hidden
            self.order = order
        }
    }

    /// The machines from the lowest up, at least one.
    package var machines: [Machine]
    /// Passes over the frames per machine.
    package var epochs = 10
    /// Frames per step.
    package var batch = 256
    package var learningRate: Float = 0.001
    /// k in CD-k.
    package var gibbsSteps = 1
    package var weightDecay: Float = 2e-4
    /// Whether training the network fine-tunes the machines' weights; otherwise they are frozen.
    package var finetunes = false

    package init(machines: [Machine]) {
        self.machines = machines
    }

    func validate() throws(RecipeError) {
        let check = ValueCheck(prefix: "pretraining.")
        try check(!machines.isEmpty, "machines", "empty", "at least one machine")
        for machine in machines {
            try check((1...8192).contains(machine.hidden), "machines.hidden", machine.hidden, "1 to 8192 units")
            try check((0...100).contains(machine.order), "machines.order", machine.order, "0 to 100 frames")
        }
        try check((1...100_000).contains(epochs), "epochs", epochs, "1 to 100000")
        try check((1...1_000_000).contains(batch), "batch", batch, "1 to 1000000 frames")
        try check(learningRate > 0 && learningRate.isFinite, "learningRate", learningRate, "a number above 0")
        try check((1...1000).contains(gibbsSteps), "gibbsSteps", gibbsSteps, "1 to 1000")
        try check(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", weightDecay, "a number of at least 0")
    }

    /// The network layers that represent the machines: their units, and a layer that standardises their output.
    package func layers(inputs: Int) -> [any Layer] {
        var layers: [any Layer] = []
        for machine in machines {
            layers.append(ConditionalUnits(inputs: layers.last?.outputs ?? inputs, outputs: machine.hidden, order: machine.order))
        }
        return layers + [Scale(units: layers.last?.outputs ?? inputs)]
    }
}

extension PretrainingRecipe.Machine: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case hidden, order
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        self.init(hidden: try keys.decode(Int.self, forKey: .hidden), order: try keys.decodeIfPresent(Int.self, forKey: .order) ?? 0)
    }
}

extension PretrainingRecipe: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case machines, epochs, batch, learningRate, gibbsSteps, weightDecay, finetunes
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        self.init(machines: try keys.decode([Machine].self, forKey: .machines))
        try keys.update(&epochs, forKey: .epochs)
        try keys.update(&batch, forKey: .batch)
        try keys.update(&learningRate, forKey: .learningRate)
        try keys.update(&gibbsSteps, forKey: .gibbsSteps)
        try keys.update(&weightDecay, forKey: .weightDecay)
        try keys.update(&finetunes, forKey: .finetunes)
    }
}
