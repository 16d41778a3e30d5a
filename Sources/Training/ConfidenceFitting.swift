import Stimmung
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// The networks for any voice and those for enrolled voices, trained on the same utterances.
struct NetworkSet {
    let any: Ensemble
    let voices: Ensemble?
}

/// What makes a system's confidence hold, fitted on training speakers that networks of the same recipe have not heard.
package struct FittedConfidence: Sendable {
    /// Of the probabilities; 1 without calibration.
    package let temperature: Double
    /// The same for enrolled voices.
    package let voiceTemperature: Double
    /// nil if the recipe does not measure it.
    package let familiarity: Familiarity?
}

/// Fits temperatures and familiarity.
struct ConfidenceFitting {
    let recipe: Recipe
    let data: TrainingData
    /// All utterances, normalised.
    let recordings: [any FrameSource]
    /// The corpora that are trained on; none for a single one.
    let groups: [String: SequenceGroup]
    let seed: UInt64
    let workers: Workers

    /// Recordings that a speaker is enrolled with when the temperature of known voices is fitted: about half a minute.
    private static let enrolled = 8

    /// - Parameter parts: the utterances of each part, and the networks that were trained on the others.
    func fit(_ parts: [(utterances: [Int], networks: NetworkSet)], training: [Int]) throws -> FittedConfidence {
        let growth = parts.isEmpty ? nil : recipe.unfamiliar.flatMap { $0 > 0 ? $0 : nil }
        let familiarity = try growth.map { growth in
            Familiarity(distances: try parts.flatMap { try distances(of: $0.utterances, among: training) }, growth: growth)
        }
        let judged = try parts.flatMap { part in
            try zip(part.utterances, probabilities(of: part.utterances, by: part.networks.any, shift: nil)).map {
                utterance, probabilities in
                try judgement(utterance, probabilities, familiarity)
            }
        }
        let judgedVoices = try parts.flatMap { part in try judgedWithVoices(part.utterances, part.networks, familiarity) }
        let temperature = Calibration.temperature(of: judged)
        return FittedConfidence(
            temperature: temperature, voiceTemperature: judgedVoices.isEmpty ? temperature : Calibration.temperature(of: judgedVoices),
            familiarity: familiarity)
    }

    /// What a temperature is fitted to: the probabilities of the classes that the utterance's corpus has, and the number of the true one among them.
    private func judgement(
        _ utterance: Int, _ probabilities: [Double], _ familiarity: Familiarity?
    ) throws -> (probabilities: [Double], label: Int, factor: Double) {
        let label = data.labels[utterance]
        let factor = try factor(utterance, familiarity)
        let corpus = data.corpus.part(of: data.corpus.utterances[utterance])
        let judged = groups[corpus]?.judgement(probabilities, label: label) ?? (probabilities: probabilities, label: label)
        return (judged.probabilities, judged.label, factor)
    }

    /// The mean over the speakers of `EnrolledSpeech.spread` of all of their utterances; nil if no speaker has two.
    func spread(of utterances: [Int], by ensemble: Ensemble) throws(FrameError) -> Double? {
        try EnrolledSpeech.meanSpread(data.corpus.bySpeaker(utterances)) { (own) throws(FrameError) in try speech(of: own, by: ensemble) }
    }

    private func speech(of utterances: [Int], by ensemble: Ensemble) throws(FrameError) -> EnrolledSpeech {
        try EnrolledSpeech(utterances, of: recordings, by: ensemble, recipe.decision, workers)
    }

    /// `Familiarity.distance` of utterances, standardised by the other utterances of the training data.
    private func distances(of utterances: [Int], among training: [Int]) throws -> [Double] {
        let own = Set(utterances)
        var statistics = FeatureStatistics(width: recordings[0].columns)
        for index in training where !own.contains(index) { statistics.add(try recordings[index].frames()) }
        let normaliser = Normaliser(statistics)
        return try utterances.map { index in
            var rows = try recordings[index].frames()
            normaliser.apply(to: &rows)
            return Familiarity.distance(of: rows)
        }
    }

    private func factor(_ utterance: Int, _ familiarity: Familiarity?) throws -> Double {
        guard let familiarity else { return 1 }
        return familiarity.factor(at: Familiarity.distance(of: try recordings[utterance].frames()))
    }

    /// The probabilities of each utterance at temperature 1.
    private func probabilities(of utterances: [Int], by ensemble: Ensemble, shift: Normaliser?) throws -> [[Double]] {
        try utterances.groups(of: 256).flatMap { group in
            let frames = group.map { index in
                shift.map { NormalisedFrames(recordings[index], by: $0) as any FrameSource } ?? recordings[index]
            }
            return try ensemble.logPosteriors(of: frames, workers: workers).map { Pooling(recipe.decision, of: $0).probabilities }
        }
    }

    /// Each speaker is enrolled with a few utterances, and the others are judged.
    private func judgedWithVoices(
        _ utterances: [Int], _ networks: NetworkSet, _ familiarity: Familiarity?
    ) throws -> [(probabilities: [Double], label: Int, factor: Double)] {
        guard let voices = networks.voices else { return [] }
        let usual = try spread(of: utterances, by: networks.any)
        return try data.corpus.bySpeaker(utterances).enumerated().flatMap { number, own in
            var random = RandomSource(seed: seed).stream(number)
            let order = random.permutation(own.count).map { own[$0] }
            let count = min(Self.enrolled, own.count / 2)
            guard count > 0 else { return [(probabilities: [Double], label: Int, factor: Double)]() }
            let adaptation = SpeechAdaptation(
                to: try speech(of: Array(order.prefix(count)), by: networks.any), usualSpread: usual, shareOf: Voice.share)
            let judged = order.dropFirst(count).sorted()
            let ensemble = networks.any.blended(with: voices, share: adaptation.share)
            return try zip(judged, probabilities(of: judged, by: ensemble, shift: adaptation.shift)).map { utterance, probabilities in
                try judgement(utterance, probabilities, familiarity)
            }
        }
    }
}
