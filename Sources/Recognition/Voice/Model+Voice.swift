import StimmungFeatures
import StimmungSupport

/// What a model needs to make the most of an enrolled voice.
package struct VoiceNetworks: Sendable, Equatable {
    /// Networks trained on features less the mean of each speaker.
    package var ensemble: Ensemble
    /// The mean of `EnrolledSpeech.spread` over the training speakers, judged by the model's own networks; nil if no speaker has two utterances.
    package var spread: Double?
    /// The temperature of the probabilities if the voice is known, fitted as that of other speech.
    package var temperature: Double

    package init(ensemble: Ensemble, spread: Double?, temperature: Double) {
        self.ensemble = ensemble
        self.spread = spread
        self.temperature = temperature
    }
}

extension Model {
    /// Identifies the features that a voice must have been enrolled with.
    var featuresText: String { jsonText(recipe.features) }

    /// A voice of this model's features.
    ///
    /// - Parameter seconds: of speech.
    func voice(of speech: EnrolledSpeech, seconds: Double) -> Voice {
        Voice(
            recipe: recipe.name, features: featuresText, mean: speech.mean, stretches: speech.stretches, seconds: seconds,
            variety: variety(of: speech))
    }

    /// How different the stretches sound, relative to the training speakers; nil if unknown.
    package func variety(of speech: EnrolledSpeech) -> Double? {
        guard let usual = voiceNetworks?.spread, let spread = speech.spread else { return nil }
        let variety = spread / usual
        return variety.isFinite ? variety : nil
    }

    /// The largest plausible difference of a voice's mean from that of the training speakers, in their standard deviations.
    private static let farthest: Float = 1000

    /// Throws unless the model can use voices.
    func requireVoices() throws(VoiceError) {
        guard recipe.normalisation.isOfTraining, normaliser != nil else {
            throw .notUsable(model: recipe.name, normalisation: recipe.normalisation.rawValue)
        }
    }

    /// The model for this person's speech: the mean m of the features becomes m + s (v − m), where v is the voice's mean and s its share, and the
    /// networks for voices take part with the weight s. The deviation stays: one estimated from little speech does more harm than good.
    func adapted(to voice: Voice) throws(VoiceError) -> Model {
        try requireVoices()
        guard let normaliser, voice.features == featuresText, voice.mean.count == normaliser.mean.count else {
            throw .otherFeatures(voice: voice.recipe, model: recipe.name)
        }
        for (column, (own, deviation)) in zip(zip(voice.mean, normaliser.mean).map { abs($0 - $1) }, normaliser.deviation).enumerated() {
            // A column without deviation was constant in training and is not divided by it.
            guard own <= Self.farthest * max(deviation, 1) else { throw .implausible(voice: voice.recipe, column: column) }
        }
        let share = Float(voice.share)
        var model = self
        model.voice = voice
        model.generalNormaliser = normaliser
        model.normaliser = Normaliser(
            mean: zip(normaliser.mean, voice.mean).map { $0 + share * ($1 - $0) }, deviation: normaliser.deviation)
        if let voiceNetworks {
            model.ensemble = ensemble.blended(with: voiceNetworks.ensemble, share: voice.share)
            model.temperature = voiceNetworks.temperature
        }
        return model
    }
}
