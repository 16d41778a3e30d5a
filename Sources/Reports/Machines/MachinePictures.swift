import Stimmung
import StimmungBoltzmann
import StimmungFeatures
import StimmungNetworks
import StimmungTensors
import StimmungTraining

/// Pictures of a Boltzmann machine: filters, learning curves, reconstructions and the continuation of a recording.
///
///     var pictures = MachinePictures(try PretrainedMachines(path: "machines.safetensors"))
///     pictures.recording = try RecordedFrames(utterance, recipe: pictures.recipe, reference: .init(corpus: corpus))
///     for picture in try pictures.draw().pictures { try picture.write(folder: "pictures") }
///
/// Of a stack, the lowest machine is shown, whose visible units are the features. The same machine, recording and seed give the same bytes.
package struct MachinePictures: Sendable {
    /// The machine. From a model, A and b are zeros and not shown; see `isWhole`.
    package let machine: BoltzmannMachine
    package let recipe: Recipe
    /// Whether A and b are known. A model keeps W, B and c only, because its network needs no more. The pictures of a model (filters, and the
    /// choice of units by P(h = 1 | x, past)) use only these.
    package let isWhole: Bool
    /// The epochs of each machine of the stack; empty for a model.
    package let history: [[LearningReport]]
    /// The normaliser stored with the machine.
    package let normaliser: Normaliser?

    /// A recording to show; nil shows the machine's parameters only.
    package var recording: RecordedFrames?
    /// Largest number of hidden units to show.
    package var units = 32
    /// Start of the continuation in seconds; nil means one second, or half of a shorter recording.
    package var after: Double?
    /// Random seed of the continuation.
    package var seed: UInt64 = 0

    /// Longer parts and pasts would be too small to see.
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
            case .learningOfAModel: "learning.svg is left out: a model does not store the learning curves of its machines."
            case .framesOfAModel:
                "reconstructions.svg and continuation.svg are left out: a model stores W, B and c of its machines, but not A and b."
            case .framesWithoutRecording: "reconstructions.svg and continuation.svg are left out: they need a recording or a corpus."
            case .continuationOfOrderZero: "continuation.svg is left out: a machine of order 0 does not see past frames."
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

    /// The machine whose hidden units are the lowest layer of a model, after the model's training.
    ///
    /// - Throws: `ReportError.noMachines`.
    package init(_ model: Model) throws(ReportError) {
        let network = model.ensemble.networks[0]
        guard let layer = network.layers.first?.describe(), layer.operation == "conditional-units",
            case .integer(let order)? = layer.attributes["order"]
        else { throw .noMachines(recipe: model.recipe.name) }
        var machine = BoltzmannMachine(visible: layer.inputs, hidden: layer.outputs, units: .gaussian, order: order, seed: 0)
        // The layer's parameters W, B and c are the first ones of the machine, in the same order. A and b are missing; they are needed only
        // for predictions of frames, whose pictures `draw` leaves out.
        let known = network.parameters.values[network.parameters.layerRanges[0]]
        machine.parameters = Array(known) + [Float](repeating: 0, count: machine.parameters.count - known.count)
        self.machine = machine
        recipe = model.recipe
        isWhole = false
        history = []
        normaliser = model.normaliser
    }

    /// Draws every picture that is possible.
    ///
    /// - Returns: the pictures, and the reasons for missing ones.
    /// - Throws: `ReportError.option`.
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

    /// The machine in words, for titles.
    var name: String {
        let count = recipe.pretraining?.machines.count ?? 1
        let kind = machine.order == 0 ? "RBM" : "conditional RBM of order \(machine.order)"
        return count > 1 ? "\(kind), the lowest of \(count)" : kind
    }

    var view: FeatureView { FeatureView(recipe.features) }

    /// The lags shown, 1 … n, the nearest first.
    var lags: ClosedRange<Int>? { machine.order == 0 ? nil : 1...min(machine.order, Self.mostLags) }

    /// Seconds between frames.
    var hop: Double { recipe.features.startTime(ofFrame: 1) }

    /// Normalised frames, converted back to features.
    func features(_ frames: Matrix) -> Matrix {
        var result = frames
        (recording?.normaliser ?? normaliser)?.undo(on: &result)
        return result
    }

    func text(_ file: String) -> String { String(file.split(separator: "/").last ?? "") }
}
