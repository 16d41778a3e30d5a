import Foundation
import Tensors

/// The checkpoint file: safetensors, written beside and renamed, so that a crash leaves the state before.
extension LearningState {
    private struct Progress: Codable {
        var epoch: Int
        var units: VisibleUnits
        var order: Int
        var history: [LearningReport]
    }

    /// - Parameter fingerprint: a text that the learning which goes on from this file must repeat: its data, options and seed.
    /// - Throws: `SafetensorsError` where the file cannot be written.
    public func write(path: String, fingerprint: String) throws {
        let progress = Progress(epoch: epoch, units: machine.units, order: machine.order, history: history)
        var file = Safetensors(metadata: [
            "stimmung.boltzmann.checkpoint": "1", "fingerprint": fingerprint,
            "progress": String(decoding: try JSONEncoder().encode(progress), as: UTF8.self),
        ])
        for shape in machine.parameterShapes where shape.count > 0 {
            file.set(Safetensors.Tensor(name: shape.name, shape: [shape.rows, shape.columns], values: machine[shape.name].elements))
        }
        file.set(Safetensors.Tensor(name: "velocity", shape: [velocity.count], values: velocity))
        if !chains.isEmpty {
            file.set(Safetensors.Tensor(name: "chains", shape: [chains.count / machine.visible, machine.visible], values: chains))
        }
        try file.write(path: path)
    }

    /// Reads a checkpoint.
    ///
    /// - Parameter start: the machine with which the same learning begins; it gives the shapes.
    /// - Throws: `SafetensorsError`, and `BoltzmannError.stateDoesNotFit` for one of another learning.
    public init(path: String, fingerprint: String, start: BoltzmannMachine) throws {
        self.init(start)
        let file = try Safetensors(path: path)
        func misfit(_ reason: String) -> BoltzmannError { .stateDoesNotFit(reason: "\(path) \(reason)") }
        guard file.metadata["stimmung.boltzmann.checkpoint"] == "1", let text = file.metadata["progress"] else {
            throw misfit("is no checkpoint of a Boltzmann machine of this version")
        }
        guard file.metadata["fingerprint"] == fingerprint else { throw misfit("was made with other data, options or another seed") }
        guard let progress = try? JSONDecoder().decode(Progress.self, from: Data(text.utf8)) else { throw misfit("cannot be read") }
        guard progress.units == start.units, progress.order == start.order else { throw misfit("is of another kind of machine") }
        for shape in start.parameterShapes where shape.count > 0 {
            let values = try file.tensor(shape.name, shape: [shape.rows, shape.columns], file: path)
            machine[shape.name] = Matrix(rows: shape.rows, columns: shape.columns, elements: values)
        }
        velocity = try file.tensor("velocity", shape: [start.parameters.count], file: path)
        if let stored = file["chains"] {
            guard stored.shape.count == 2, stored.shape[1] == start.visible else { throw misfit("has chains of other frames") }
            chains = stored.values
        }
        epoch = progress.epoch
        history = progress.history
    }
}
