import StimmungSupport

/// Whose statistics features are standardised with, so that each column has mean 0 and deviation 1. Part of every published figure.
package enum Normalisation: String, Choice, Sendable {
    /// None: features as they are.
    case none
    /// All training data.
    case train
    /// The recording itself.
    case utterance
    /// All recordings of the speaker, test recordings without their labels included.
    case speaker
}
