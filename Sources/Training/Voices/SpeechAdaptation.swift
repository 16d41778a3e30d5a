import Stimmung
import StimmungFeatures
import StimmungSupport
import StimmungTensors

/// How a system is adapted to a voice or source whose speech is given in standardised features.
package struct SpeechAdaptation {
    /// `Voice.share` or `Source.share`.
    package let share: Double
    /// Subtracts what is particular to the voice or source.
    package let shift: Normaliser

    /// - Parameters:
    ///   - usualSpread: `VoiceNetworks.spread`; nil if unknown.
    ///   - shareOf: of stretches with a variety.
    package init(to speech: EnrolledSpeech, usualSpread: Double?, shareOf: (_ stretches: Int, _ variety: Double?) -> Double) {
        let variety = usualSpread.flatMap { usual in speech.spread.map { $0 / usual } }
        let share = shareOf(speech.stretches, variety)
        self.share = share
        shift = Normaliser(mean: speech.mean.map { Float(share) * $0 }, deviation: speech.mean.map { _ in 1 })
    }
}

extension TrainedSystem {
    /// The system with the voice of a speaker who says these utterances: networks, what to normalise features by once more, and the temperature.
    ///
    /// - Parameter recordings: the normalised features of all utterances, adapted to their source if it is known.
    package func knowing(
        _ utterances: [Int], in recordings: [any FrameSource], _ workers: Workers
    ) throws -> (ensemble: Ensemble, shift: Normaliser, temperature: Double) {
        let speech = try EnrolledSpeech(utterances, of: recordings, by: ensemble, recipe.decision, workers)
        let adaptation = SpeechAdaptation(to: speech, usualSpread: voiceNetworks?.spread, shareOf: Voice.share)
        guard let voiceNetworks else { return (ensemble, adaptation.shift, confidence.temperature) }
        return (ensemble.blended(with: voiceNetworks.ensemble, share: adaptation.share), adaptation.shift, voiceNetworks.temperature)
    }

    /// What to normalise features by once more for recordings of the source that these utterances are from; nil without utterances.
    package func adapting(to utterances: [Int], _ workers: Workers) throws -> Normaliser? {
        guard !utterances.isEmpty else { return nil }
        let speech = try EnrolledSpeech(utterances, of: features.recordings, by: ensemble, recipe.decision, workers)
        return SpeechAdaptation(to: speech, usualSpread: voiceNetworks?.spread, shareOf: Source.share).shift
    }
}
