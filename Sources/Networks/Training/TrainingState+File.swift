import Foundation
import StimmungTensors

/// The checkpoint file: safetensors, written atomically, so that a crash leaves the previous state.
extension TrainingState {
    /// The JSON under the key `progress` of the file's metadata: everything except the arrays.
    private struct CheckpointMetadata: Codable {
        var epoch: Int
        var steps: Int
        var bestEpoch: Int?
        var bestLoss: Double?
        var history: [EpochReport]

        var isSound: Bool {
            epoch >= 0 && steps >= 0 && history.count == epoch && (bestEpoch.map { (1...max(1, epoch)).contains($0) } ?? true)
        }
    }

    /// - Parameter fingerprint: identifies data, recipe and seed; a training run that resumes from this file must pass the same text.
    /// - Throws: `SafetensorsError.unwritable` if the file cannot be written.
    package func write(path: String, fingerprint: String) throws {
        let metadata = CheckpointMetadata(
            epoch: epoch, steps: optimiser.steps, bestEpoch: best?.epoch, bestLoss: best?.loss, history: history)
        let encoder = JSONEncoder()
        // Sorted, so that the same state gives the same bytes.
        encoder.outputFormatting = .sortedKeys
        var file = Safetensors(metadata: [
            "stimmung.checkpoint": "1", "fingerprint": fingerprint,
            "progress": String(decoding: try encoder.encode(metadata), as: UTF8.self),
        ])
        file.set(Safetensors.Tensor(name: "parameters", shape: [parameters.values.count], values: parameters.values))
        file.set(Safetensors.Tensor(name: "optimiser.first", shape: [optimiser.first.count], values: optimiser.first))
        file.set(Safetensors.Tensor(name: "optimiser.second", shape: [optimiser.second.count], values: optimiser.second))
        if let best { file.set(Safetensors.Tensor(name: "best", shape: [best.values.count], values: best.values)) }
        try file.write(path: path)
    }

    /// Reads a checkpoint.
    ///
    /// - Parameter start: the initial state of the same training run, for the shapes.
    /// - Throws: `SafetensorsError` if the file cannot be read, `TrainingError.checkpointDoesNotFit` if it is from another training run.
    package init(path: String, fingerprint: String, start: TrainingState) throws {
        self = start
        let file = try Safetensors(path: path)
        func misfit(_ reason: String) -> TrainingError { .checkpointDoesNotFit(reason: "\(path) \(reason)") }
        guard file.metadata["stimmung.checkpoint"] == "1", let text = file.metadata["progress"] else {
            throw misfit("is not a checkpoint of this version")
        }
        guard file.metadata["fingerprint"] == fingerprint else {
            throw misfit("was made with another recipe, corpus, seed or set of classes")
        }
        guard let metadata = try? JSONDecoder().decode(CheckpointMetadata.self, from: Data(text.utf8)), metadata.isSound else {
            throw misfit("cannot be read")
        }
        func values(_ name: String, _ count: Int) throws -> [Float] {
            let values = try file.tensor(name, shape: [count], file: path).values
            guard areFinite(values) else { throw misfit("contains NaN or infinite values") }
            return values
        }
        epoch = metadata.epoch
        history = metadata.history
        parameters.values = try values("parameters", parameters.values.count)
        optimiser.steps = metadata.steps
        optimiser.first = try values("optimiser.first", optimiser.first.count)
        optimiser.second = try values("optimiser.second", optimiser.second.count)
        if let bestEpoch = metadata.bestEpoch, let bestLoss = metadata.bestLoss {
            best = Best(epoch: bestEpoch, loss: bestLoss, values: try values("best", parameters.values.count))
        }
    }
}
