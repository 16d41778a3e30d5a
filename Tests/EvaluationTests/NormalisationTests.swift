import Foundation
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import StimmungTraining
import Testing

struct NormalisationTests {
    /// Four utterances of two speakers with means and spreads of their own.
    private let features: CorpusFeatures
    private let frames: [Matrix]

    private static let corpus = Corpus(
        name: "numbers", root: ".",
        utterances: ["x", "y", "x", "y"].enumerated().map { Utterance(file: "\($0).wav", speaker: $1, emotion: "anger") })

    init() {
        var random = RandomSource(seed: 2)
        frames = (0..<4).map { number in
            Matrix(
                rows: 20 + 10 * number, columns: 3,
                elements: (0..<(20 + 10 * number) * 3).map { Float(number * 7 + $0 % 3) + Float(number + 1) * random.normal() })
        }
        features = CorpusFeatures(recordings: frames, of: Self.corpus)
    }

    /// Mean and deviation of every column, over all rows of the matrices.
    private func statistics(_ matrices: [Matrix]) -> (mean: [Double], deviation: [Double]) {
        let rows = matrices.flatMap { matrix in (0..<matrix.rows).map { matrix.row($0).map(Double.init) } }
        let mean = (0..<3).map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
        let deviation = (0..<3).map { column in
            (rows.reduce(0) { $0 + pow($1[column] - mean[column], 2) } / Double(rows.count)).squareRoot()
        }
        return (mean, deviation)
    }

    private func isStandard(_ matrices: [Matrix]) -> Bool {
        let (mean, deviation) = statistics(matrices)
        return mean.allSatisfy { abs($0) < 1e-4 } && deviation.allSatisfy { abs($0 - 1) < 1e-4 }
    }

    private func normalised(
        _ normalisation: Normalisation, training: [Int], of features: CorpusFeatures? = nil
    ) throws -> (frames: [Matrix], normaliser: Normaliser?) {
        let normal = try (features ?? self.features).normalised(normalisation, training: training)
        return (try normal.recordings.map { try $0.frames() }, normal.normaliser)
    }

    @Test func noneChangesNothing() throws {
        let (normal, normaliser) = try normalised(.none, training: [0, 1])
        #expect(normal == frames && normaliser == nil)
    }

    @Test func corpusTakesEachCorpusByItself() throws {
        var utterances = Self.corpus.utterances
        for (index, name) in ["A", "A", "B", "B"].enumerated() { utterances[index].corpus = name }
        let joined = CorpusFeatures(recordings: frames, of: Corpus(name: "A + B", root: ".", utterances: utterances))
        let (normal, normaliser) = try normalised(.corpus, training: [0, 1, 2, 3], of: joined)
        #expect(isStandard(Array(normal[0...1])) && isStandard(Array(normal[2...3])))
        let parts = [statistics(Array(frames[0...1])), statistics(Array(frames[2...3]))]
        let kept = try #require(normaliser)
        for column in 0..<3 {
            let mean = (parts[0].mean[column] + parts[1].mean[column]) / 2
            let variance = (pow(parts[0].deviation[column], 2) + pow(parts[1].deviation[column], 2)) / 2
            #expect(abs(Double(kept.mean[column]) - mean) < 1e-4 && abs(Double(kept.deviation[column]) - variance.squareRoot()) < 1e-4)
        }
        // The test corpus is standardised by itself, and a model keeps nothing of it.
        let (same, ofTraining) = try normalised(.corpus, training: [0, 1], of: joined)
        #expect(same == normal)
        let found = try #require(ofTraining)
        #expect(zip(found.mean, parts[0].mean).allSatisfy { abs(Double($0) - $1) < 1e-4 })
    }

    @Test func trainTakesTheTrainingUtterancesOnly() throws {
        let (normal, normaliser) = try normalised(.train, training: [0, 2])
        let (mean, deviation) = statistics([frames[0], frames[2]])
        let found = try #require(normaliser)
        #expect(zip(found.mean, mean).allSatisfy { abs(Double($0) - $1) < 1e-4 })
        #expect(zip(found.deviation, deviation).allSatisfy { abs(Double($0) - $1) < 1e-4 })
        #expect(isStandard([normal[0], normal[2]]) && !isStandard(normal))
        // The others go through the same map, so they keep their distance.
        let expected = (Double(frames[3][0, 0]) - mean[0]) / deviation[0]
        #expect(abs(Double(normal[3][0, 0]) - expected) < 1e-3)

        var other = frames
        other[1] = Matrix(rows: 5, columns: 3, repeating: 1e6)
        let changed = try normalised(.train, training: [0, 2], of: CorpusFeatures(recordings: other, of: features.corpus))
        #expect(changed.normaliser == normaliser && changed.frames[0] == normal[0])
    }

    @Test func utteranceTakesEachByItself() throws {
        let (frames, normaliser) = try normalised(.utterance, training: [0])
        #expect(frames.allSatisfy { isStandard([$0]) } && normaliser == nil)
    }

    /// What is asked for in parts is what all of it has there.
    @Test(arguments: [Normalisation.none, .train, .utterance, .speaker]) func partsAreThoseOfTheWhole(normalisation: Normalisation) throws {
        let source = try features.normalised(normalisation, training: [0, 1]).recordings[2]
        #expect(source.rows == 40 && source.columns == 3)
        #expect(try source.frames(10..<25) == source.frames().rows(10..<25))
    }

    @Test func speakerTakesAllOfASpeaker() throws {
        let (frames, normaliser) = try normalised(.speaker, training: [0])
        #expect(isStandard([frames[0], frames[2]]) && isStandard([frames[1], frames[3]]) && normaliser == nil)
        #expect(!isStandard([frames[0]]))
    }

    /// What is held out for early stopping is not training material: the model's normaliser knows nothing of it.
    @Test func heldOutSpeakersHaveNoPartInTheStatistics() throws {
        let folder = try TemporaryFolder()
        let corpus = try toneCorpus(in: folder)
        var recipe = smallRecipe(epochs: 1)
        recipe.training.heldOutSpeakers = 1
        let normaliser = try #require(try ModelTraining(recipe: recipe, corpus: corpus).run().normaliser)
        let features = try CorpusFeatures(of: corpus, by: CorpusFeatures.Extraction(recipe.features, workers: Workers(threads: 1)))
        func statistics(without speaker: String?) throws -> Normaliser? {
            let kept = corpus.utterances.indices.filter { corpus.utterances[$0].speaker != speaker }
            return try features.normalised(.train, training: kept).normaliser
        }
        let (training, _) = try corpus.holdingOutSpeakers(1, of: Array(corpus.utterances.indices), seed: 0)
        let heldOut = corpus.speakers.filter { speaker in !training.contains { corpus.utterances[$0].speaker == speaker } }
        let (without, with) = try (statistics(without: heldOut.first), statistics(without: nil))
        #expect(heldOut.count == 1 && normaliser == without && normaliser != with)
    }
}
