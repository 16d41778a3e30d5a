import Foundation
import StimmungTensors

/// The checkpoint file of a stack's training: safetensors, written atomically, so that a crash leaves the previous state.
///
/// It has the arrays `0.W`, `0.B`, … of each machine from the bottom up, and `velocity` and `chains` of the current one.
extension BoltzmannStack.State {
    /// The JSON under the key `progress` of the file's metadata: everything except the arrays.
    private struct CheckpointMetadata: Codable {
        var epoch: Int
        var units: [VisibleUnits]
        var orders: [Int]
        /// The reports of the trained machines, and of the current one.
        var histories: [[LearningReport]]
    }

    /// - Parameter fingerprint: identifies data, options and seed; a training run that resumes from this file must pass the same text.
    /// - Throws: `SafetensorsError.unwritable` if the file cannot be written.
    package func write(path: String, fingerprint: String) throws {
        let machines = done + [current.machine]
        let metadata = CheckpointMetadata(
            epoch: current.epoch, units: machines.map(\.units), orders: machines.map(\.order), histories: histories + [current.history])
        let encoder = JSONEncoder()
        // Sorted, so that the same state gives the same bytes.
        encoder.outputFormatting = .sortedKeys
        var file = Safetensors(metadata: [
            "stimmung.boltzmann.checkpoint": "1", "fingerprint": fingerprint,
            "progress": String(decoding: try encoder.encode(metadata), as: UTF8.self),
        ])
        for (number, machine) in machines.enumerated() { file.set(machine, number: number) }
        file.set(Safetensors.Tensor(name: "velocity", shape: [current.velocity.count], values: current.velocity))
        if !current.chains.isEmpty {
            let width = current.machine.visible
            file.set(Safetensors.Tensor(name: "chains", shape: [current.chains.count / width, width], values: current.chains))
        }
        try file.write(path: path)
    }

    /// Reads a checkpoint.
    ///
    /// - Parameters:
    ///   - training: the training run that wrote it, for the shapes of the machines.
    ///   - visible: V of the lowest machine.
    /// - Throws: `SafetensorsError` if the file cannot be read, `BoltzmannError.stateDoesNotFit` if it is from another training run.
    package init(path: String, fingerprint: String, training: BoltzmannStack.Training, visible: Int) throws {
        let file = try Safetensors(path: path)
        func misfit(_ reason: String) -> BoltzmannError { .stateDoesNotFit(reason: "\(path) \(reason)") }
        guard file.metadata["stimmung.boltzmann.checkpoint"] == "1", let text = file.metadata["progress"] else {
            throw misfit("is not a checkpoint of Boltzmann machines of this version")
        }
        guard file.metadata["fingerprint"] == fingerprint else { throw misfit("was made with other data or options, or another seed") }
        guard let metadata = try? JSONDecoder().decode(CheckpointMetadata.self, from: Data(text.utf8)) else {
            throw misfit("cannot be read")
        }
        let count = metadata.histories.count
        guard (1...training.machines.count).contains(count), metadata.units.count == count, metadata.orders.count == count,
            metadata.histories[count - 1].count == metadata.epoch
        else { throw misfit("is for another stack") }
        var machines: [BoltzmannMachine] = []
        for number in 0..<count {
            var machine = training.start(number, visible: machines.last?.hidden ?? visible)
            guard metadata.units[number] == machine.units, metadata.orders[number] == machine.order else {
                throw misfit("is for another kind of machine")
            }
            machine.parameters = try file.parameters(of: machine, number: number, path: path)
            guard areFinite(machine.parameters) else { throw misfit("contains NaN or infinite values") }
            machines.append(machine)
        }
        var state = LearningState(machines.removeLast())
        state.epoch = metadata.epoch
        state.history = metadata.histories[count - 1]
        state.velocity = try file.tensor("velocity", shape: [state.velocity.count], file: path).values
        if let stored = file["chains"] {
            guard stored.shape.count == 2, stored.shape[1] == state.machine.visible else { throw misfit("has chains of another width") }
            state.chains = stored.values
        }
        self.init(done: machines, histories: Array(metadata.histories.dropLast()), current: state)
    }
}

extension Safetensors {
    /// Stores a machine's parameter arrays as `number.W`, `number.B`, ….
    package mutating func set(_ machine: BoltzmannMachine, number: Int) {
        var offset = 0
        for shape in machine.parameterShapes {
            let values = Array(machine.parameters[offset..<offset + shape.count])
            set(Tensor(name: "\(number).\(shape.name)", shape: [shape.rows, shape.columns], values: values))
            offset += shape.count
        }
    }

    /// The parameters stored by `set`, in the machine's order.
    ///
    /// - Throws: `SafetensorsError.missingTensor` or `SafetensorsError.wrongShape` if an array does not have the shape that `machine`
    ///   requires.
    package func parameters(of machine: BoltzmannMachine, number: Int, path: String) throws(SafetensorsError) -> [Float] {
        var values: [Float] = []
        for shape in machine.parameterShapes {
            values += try tensor("\(number).\(shape.name)", shape: [shape.rows, shape.columns], file: path).values
        }
        return values
    }
}
