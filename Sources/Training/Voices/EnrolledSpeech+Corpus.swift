import Stimmung
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

extension EnrolledSpeech {
    /// Utterances as speech of one voice.
    ///
    /// - Parameters:
    ///   - frames: of all utterances of the corpus, normalised.
    ///   - ensemble: networks that do not know the voice.
    init(
        _ utterances: [Int], of frames: [any FrameSource], by ensemble: Ensemble, _ decision: Decision, _ workers: Workers
    ) throws(FrameError) {
        self.init(width: frames[0].columns, classes: ensemble.outputs)
        for (utterance, logs) in zip(utterances, try ensemble.logPosteriors(of: utterances.map { frames[$0] }, workers: workers)) {
            var statistics = FeatureStatistics(width: frames[utterance].columns)
            statistics.add(try frames[utterance].frames())
            add(statistics.mean, probabilities: Pooling(decision, of: logs).probabilities)
        }
    }

    /// The mean of `spread` over speakers; nil if no speaker has two utterances.
    ///
    /// - Parameter speech: of a speaker's utterances.
    static func meanSpread(
        _ speakers: [[Int]], speech: (_ utterances: [Int]) throws(FrameError) -> EnrolledSpeech
    ) throws(FrameError) -> Double? {
        var spreads: [Double] = []
        for utterances in speakers where utterances.count > 1 {
            if let spread = try speech(utterances).spread { spreads.append(spread) }
        }
        return spreads.isEmpty ? nil : max(spreads.reduce(0, +) / Double(spreads.count), 1e-6)
    }
}
