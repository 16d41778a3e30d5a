import StimmungFeatures
import StimmungSupport
import StimmungTensors

/// What a model needs to make the most of an enrolled voice.
package struct VoiceNetworks: Sendable, Equatable {
    /// Networks trained on features less the mean of each speaker.
    package var ensemble: Ensemble {
        get { networks.value }
        set { (networks, count) = (Deferred(newValue), newValue.networks.count) }
    }
    private var networks: Deferred<Ensemble>
    /// Number of networks.
    private(set) var count: Int
    /// The mean of `EnrolledSpeech.spread` over the training speakers, judged by the model's own networks; nil if no speaker has two utterances.
    package var spread: Double?
    /// The temperature of the probabilities if the voice is known, fitted as that of other speech.
    package var temperature: Double

    package init(ensemble: Ensemble, spread: Double?, temperature: Double) {
        self.init(Deferred(ensemble), count: ensemble.networks.count, spread: spread, temperature: temperature)
    }

    init(_ networks: Deferred<Ensemble>, count: Int, spread: Double?, temperature: Double) {
        self.networks = networks
        self.count = count
        self.spread = spread
        self.temperature = temperature
    }

    /// Sets the precision of all networks, which still need not be decoded.
    mutating func use(_ precision: Precision) {
        networks = Deferred { [networks] in
            var ensemble = networks.value
            ensemble.precision = precision
            return ensemble
        }
    }
}

extension Model {
    /// Identifies the features that a voice must have been enrolled with.
    var featuresText: String { jsonText(recipe.features) }

    /// What speech of this model's features tells without labels.
    ///
    /// - Parameter seconds: of speech.
    func mean(of speech: EnrolledSpeech, seconds: Double) -> SpeechMean {
        SpeechMean(
            recipe: recipe.name, features: featuresText, mean: speech.mean, stretches: speech.stretches, seconds: seconds,
            variety: variety(of: speech))
    }

    /// A voice of this model's features.
    func voice(of speech: EnrolledSpeech, seconds: Double) -> Voice { Voice(speech: mean(of: speech, seconds: seconds)) }

    /// How different the stretches sound, relative to the training speakers; nil if unknown.
    package func variety(of speech: EnrolledSpeech) -> Double? {
        guard let usual = voiceNetworks?.spread, let spread = speech.spread else { return nil }
        let variety = spread / usual
        return variety.isFinite ? variety : nil
    }

    /// Whether there is a mean of the training data that can be moved towards that of a voice or source.
    package var isAdaptable: Bool { recipe.normalisation.isOfTraining && normaliser != nil }

    /// Throws unless the model can use voices.
    func requireVoices() throws(VoiceError) {
        guard isAdaptable else { throw .notUsable(model: recipe.name, normalisation: recipe.normalisation.rawValue) }
    }

    /// The model, which knows no voice yet, for this person's speech: the mean m of the features becomes m + s (v − m), where v is the voice's mean and s
    /// its share, and the networks for voices take part with the weight s. m is the mean of the source if the model is adapted to one.
    func adapted(to voice: Voice) throws(VoiceError) -> Model {
        try requireVoices()
        let speech = voice.speech
        guard let normaliser, speech.features == featuresText, speech.mean.count == normaliser.mean.count else {
            throw .otherFeatures(voice: voice.recipe, model: recipe.name)
        }
        if let column = speech.implausibleColumn(for: normaliser) { throw .implausible(voice: voice.recipe, column: column) }
        var model = self
        model.voice = voice
        model.trainingNormaliser = trainingNormaliser ?? normaliser
        model.normaliser = normaliser.moved(to: speech.mean, share: voice.share)
        if let voiceNetworks {
            model.ensemble = ensemble.blended(with: voiceNetworks.ensemble, share: voice.share)
            model.temperature = voiceNetworks.temperature
        }
        return model
    }
}
