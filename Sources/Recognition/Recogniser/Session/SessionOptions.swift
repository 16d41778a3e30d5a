import StimmungSpeech

/// The options of a `RecognitionSession`.
public struct SessionOptions: Sendable, Equatable {
    /// Seconds of speech between two posteriors, 0.05 … 60; nil reports none. Default 0.25.
    public var posteriorInterval: Double? = 0.25
    /// How speech is cut into segments. Default: at pauses and where its class changes.
    public var timeline = Timeline()
    /// The part of the session that decisions are about. Default: that of the model's recipe.
    public var speech: SpeechUse?
    /// How speech is found.
    public var activity = SpeechActivityOptions()

    /// The default options.
    public init() {}
}
