import func Foundation.exp
import func Foundation.log
import StimmungSupport

/// A scale of perceived pitch: equal steps in mel sound equally far apart.
package enum MelScale: String, Choice, Sendable {
    /// `mel = 1125 ln(1 + f / 700)`, the study's.
    case study
    /// `mel = 2595 log₁₀(1 + f / 700)`, as in the HTK book: 1000 Hz are 1000 mel. The same as the study's scale up to the rounding of the
    /// factor (1127).
    case htk
    /// Linear below 1 kHz (3 mel per 200 Hz), logarithmic above (27 mel per factor of 6.4), as in M. Slaney's *Auditory Toolbox* (1998).
    case slaney

    /// The mel value of a frequency in hertz, at least 0.
    package func mel(hertz: Double) -> Double {
        switch self {
        case .study: 1125 * log(1 + hertz / 700)
        case .htk: 2595 / log(10) * log(1 + hertz / 700)
        case .slaney: hertz < 1000 ? hertz * 3 / 200 : 15 + 27 * log(hertz / 1000) / log(6.4)
        }
    }

    /// The frequency in hertz of a mel value, at least 0.
    package func hertz(mel: Double) -> Double {
        switch self {
        case .study: 700 * (exp(mel / 1125) - 1)
        case .htk: 700 * (exp(mel * log(10) / 2595) - 1)
        case .slaney: mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) / 27 * log(6.4))
        }
    }
}
