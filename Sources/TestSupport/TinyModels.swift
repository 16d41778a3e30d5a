import Foundation
import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungTensors

package func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

/// A corpus of noisy tones of half a second each: the pitch depends on the emotion, the loudness on the speaker.
package func toneCorpus(
    in folder: TemporaryFolder, speakers: [String] = ["a", "b", "c", "d"], emotions: [String] = ["anger", "neutral", "sadness"],
    each: Int = 2
) throws -> Corpus {
    var utterances: [Utterance] = []
    for (s, speaker) in speakers.enumerated() {
        for (e, emotion) in emotions.enumerated() {
            for number in 0..<each {
                var random = RandomSource(seed: 1).stream(s, e, number)
                let frequency = 300 * Float(1 << e) * (1 + 0.1 * Float(s))
                let samples = (0..<8000).map { 0.1 * Float(s + 1) * sin(2 * .pi * frequency * Float($0) / 16_000) + 0.02 * random.normal() }
                let file = folder.file("\(speaker)-\(emotion)-\(number).wav")
                try AudioFile.writeWAV(samples, sampleRate: 16_000, to: file)
                utterances.append(Utterance(file: file, speaker: speaker, gender: s % 2 == 0 ? .female : .male, emotion: emotion))
            }
        }
    }
    return Corpus(name: "tones", root: folder.path, utterances: utterances)
}

/// A small recipe that learns tones quickly.
package func smallRecipe(epochs: Int = 3) -> Recipe {
    var recipe = Recipe(name: "small", network: [.rectifier(units: 8), .lstm(cells: 8), .dropout(rate: 0.2)])
    recipe.training.epochs = epochs
    recipe.training.batch = 8
    recipe.training.crop = 0.2
    recipe.training.learningRate = 0.01
    return recipe
}

/// The metadata and tensors of a model file, for tests that change them before writing.
package struct ModelParts {
    package var metadata: [String: String]
    package var tensors: [Safetensors.Tensor]

    /// A hand-made model that classifies each frame as loud or soft by its energy.
    ///
    /// - Parameter slope: slope of the logits over the log energy; the decision boundary is −1.
    package static func loudness(decision: Decision = .logPosteriors, hop: Double = 0.01, slope: Float = 1) -> ModelParts {
        let recipe = """
            name: loudness
            features: {kinds: [energy], deltas: 0, hop: \(hop), preEmphasis: 0}
            normalisation: none
            network: []
            decision: \(decision.rawValue)
            """
        let card = """
            {"version": "0", "corpus": "none", "utterances": 0, "speakers": 0, "utterances_per_class": [0, 0], "held_out_speakers": [], "seed": 0,
             "epoch": 0, "training_loss": 0, "training_frame_accuracy": 0}
            """
        return ModelParts(
            metadata: ["stimmung.format": "1", "recipe": recipe, "labels": #"["loud", "soft"]"#, "card": card],
            tensors: [
                .init(name: "0.W", shape: [2, 1], values: [slope, -slope]), .init(name: "0.b", shape: [1, 2], values: [slope, -slope]),
            ])
    }

    package init(metadata: [String: String], tensors: [Safetensors.Tensor]) {
        self.metadata = metadata
        self.tensors = tensors
    }

    package init(path: String) throws {
        let file = try Safetensors(path: path)
        metadata = file.metadata
        tensors = file.tensors
    }

    package func write(_ path: String) throws { try Safetensors(metadata: metadata, tensors: tensors).write(path: path) }

    package func model(in folder: TemporaryFolder) throws -> Model {
        let path = folder.file("parts.safetensors")
        try write(path)
        return try Model(contentsOf: path)
    }

    /// Changes the values of an array, but not their number, and replaces its shape if one is given.
    package mutating func set(_ name: String, shape: [Int]? = nil, _ values: (inout [Float]) -> Void = { _ in }) {
        tensors = tensors.map { tensor in
            guard tensor.name == name else { return tensor }
            var changed = tensor.values
            values(&changed)
            return .init(name: name, shape: shape ?? tensor.shape, values: changed)
        }
    }
}
