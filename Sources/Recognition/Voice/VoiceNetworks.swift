/// What a model needs to make the most of an enrolled voice.
package struct VoiceNetworks: Sendable, Equatable {
    /// Networks trained on features less the mean of each speaker.
    package var ensemble: Ensemble
    /// The mean of `EnrolledSpeech.spread` over the training speakers, judged by the model's own networks.
    package var spread: Double
    /// The temperature of the probabilities if the voice is known, fitted as that of other speech.
    package var temperature: Double

    package init(ensemble: Ensemble, spread: Double, temperature: Double) {
        self.ensemble = ensemble
        self.spread = spread
        self.temperature = temperature
    }
}
