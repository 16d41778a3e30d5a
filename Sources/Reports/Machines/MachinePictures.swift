import Stimmung
import StimmungBoltzmann
import StimmungFeatures
import StimmungNetworks
import StimmungTensors
import StimmungTraining

/// Pictures of a Boltzmann machine: its filters, how it learnt, how it sees a recording, and how it goes on with one.
///
///     var pictures = MachinePictures(try PretrainedMachines(path: "machines.safetensors"))
///     pictures.recording = try RecordedFrames(utterance, recipe: pictures.recipe, reference: .init(corpus: corpus))
///     for picture in try pictures.draw().pictures { try picture.write(folder: "pictures") }
///
/// Of a stack the lowest machine is shown, whose visible units are the features. The same machine, recording and seed give the same bytes.
package struct MachinePictures: Sendable {
    /// Of a model its A and b are zeros, which no picture shows: see `isWhole`.
    package let machine: BoltzmannMachine
    package let recipe: Recipe
    /// Whether A and b are known. A model keeps W, B and c alone, for its network needs no more, and the pictures of a model (filters, and the
    /// choice of units by P(h = 1 | x, past)) use no more either.
    package let isWhole: Bool
    /// The epochs of each machine of the stack; empty for a model.
    package let history: [[LearningReport]]
    /// The normaliser that came with the machine.
    package let normaliser: Normaliser?

    /// A real recording to show; without one only what the machine holds is shown.
    package var recording: RecordedFrames?
    /// Hidden units to show, at most.
    package var units = 32
    /// Seconds after which the machine goes on by itself; nil takes one second, or half of a shorter recording.
    package var after: Double?
    /// Fixes what the machine draws.
    package var seed: UInt64 = 0

    /// Parts of a recording and pasts longer than these would be too small to see.
    static let mostSeconds = 4.0
    static let mostLags = 10

    /// Why pictures are missing.
    package enum LeftOut: Sendable, Equatable, CustomStringConvertible {
        case learningOfAModel
        case framesOfAModel
        case framesWithoutRecording
        case continuationOfOrderZero

        package var description: String {
            switch self {
            case .learningOfAModel: "learning.svg is left out: a model does not keep how its machines learnt."
            case .framesOfAModel:
                "reconstructions.svg and continuation.svg are left out: a model keeps W, B and c of its machines but not A and b."
            case .framesWithoutRecording: "reconstructions.svg and continuation.svg are left out: they need a recording or a corpus."
            case .continuationOfOrderZero: "continuation.svg is left out: the machine has order 0, so it knows no past to go on from."
            }
        }
    }

    package init(_ machines: PretrainedMachines) {
        machine = machines.stack.machines[0]
        recipe = machines.recipe
        isWhole = true
        history = machines.history
        normaliser = nil
    }

    /// The machine whose hidden units are the lowest layer of a model, as training the model left them.
    ///
    /// - Throws: `ReportError.noMachines`
    package init(_ model: Model) throws(ReportError) {
        let network = model.ensemble.networks[0]
        guard let layer = network.layers.first?.describe(), layer.operation == "conditional-units",
            case .integer(let order)? = layer.attributes["order"]
        else { throw .noMachines(recipe: model.recipe.name) }
        var machine = BoltzmannMachine(visible: layer.inputs, hidden: layer.outputs, units: .gaussian, order: order, seed: 0)
        // The layer's parameters W, B and c are the machine's first, in the same order. What is missing, A and b, only says what the machine
        // expects of frames; `draw` leaves out every picture of that.
        let known = network.parameters.values[network.parameters.layerRanges[0]]
        machine.parameters = Array(known) + [Float](repeating: 0, count: machine.parameters.count - known.count)
        self.machine = machine
        recipe = model.recipe
        isWhole = false
        history = []
        normaliser = model.normaliser
    }

    /// Draws all that can be drawn.
    ///
    /// - Returns: the pictures, and why others are missing.
    /// - Throws: `ReportError.option`
    package func draw() throws(ReportError) -> (pictures: [Picture], leftOut: [LeftOut]) {
        guard (1...256).contains(units) else { throw .option(name: "The number of units", value: "\(units)", allowed: "1 to 256") }
        var pictures = [filters()]
        var leftOut: [LeftOut] = []
        if history.contains(where: { !$0.isEmpty }) {
            pictures.append(learning())
        } else {
            leftOut.append(.learningOfAModel)
        }
        guard isWhole else { return (pictures, leftOut + [.framesOfAModel]) }
        guard let recording else { return (pictures, leftOut + [.framesWithoutRecording]) }
        pictures.append(reconstructions(of: recording))
        if machine.order > 0 {
            pictures.append(try continuation(of: recording))
        } else {
            leftOut.append(.continuationOfOrderZero)
        }
        return (pictures, leftOut)
    }

    /// Which machine this is, for titles.
    var name: String {
        let count = recipe.pretraining?.machines.count ?? 1
        let kind = machine.order == 0 ? "RBM" : "conditional RBM of order \(machine.order)"
        return count > 1 ? "\(kind), the lowest of \(count)" : kind
    }

    var view: FeatureView { FeatureView(recipe.features) }

    /// The lags that are shown, 1 … n, the nearest first.
    var lags: ClosedRange<Int>? { machine.order == 0 ? nil : 1...min(machine.order, Self.mostLags) }

    /// Seconds from a frame to the next.
    var hop: Double { recipe.features.startTime(ofFrame: 1) }

    /// Normalised frames as features again.
    func features(_ frames: Matrix) -> Matrix {
        var result = frames
        (recording?.normaliser ?? normaliser)?.undo(on: &result)
        return result
    }

    func text(_ file: String) -> String { String(file.split(separator: "/").last ?? "") }
}
