import StimmungSupport

// To add a kind: a case here, a type in `Kinds/` that conforms to `FrameFeature` or `TrackedFeature`, and a line in `measure`.

/// A kind of feature measured per frame. With several kinds, a row has the columns of each kind in the order of the list.
public enum FeatureKind: String, Choice, Sendable {
    /// Mel frequency cepstral coefficients: columns `mfcc_0`, `mfcc_1`, …, 13 by default (option `coefficients`).
    case mfcc
    /// Logarithms of the energies of mel bands: columns `fbank_0`, `fbank_1`, …, 40 by default (option `filterbankBands`).
    case fbank
    /// The logarithm of the energy of the raw frame: one column `energy`.
    case energy
    /// The fundamental frequency: two columns, `log_f0` (the natural logarithm of hertz) and `voicing` (0 … 1, above 0.5 in voiced frames).
    case pitch
    /// Regularity of the voice: three columns, `jitter` and `shimmer` (as fractions), and `hnr` (harmonics-to-noise ratio in decibels).
    case quality
    /// Spectral tilt: four columns, `alpha_ratio` and `hammarberg` in decibels, `slope_500` and `slope_1500` in dB/kHz.
    case tilt
    /// The resonances of the vocal tract: three columns `formant_1` … `formant_3`, in hertz.
    case formants
    /// The samples themselves, up to the start of the next frame: columns `sample_0`, `sample_1`, ….
    case samples

    /// The type that measures a kind.
    enum Measure {
        /// Frame by frame.
        case frame(any FrameFeature.Type)
        /// Along the pitch path, several frames later.
        case tracked(any TrackedFeature.Type)
    }

    var measure: Measure {
        switch self {
        case .mfcc: .frame(CepstralCoefficients.self)
        case .fbank: .frame(LogFilterbank.self)
        case .energy: .frame(LogEnergy.self)
        case .pitch: .tracked(PitchContour.self)
        case .quality: .tracked(VoiceQuality.self)
        case .tilt: .frame(SpectralTilt.self)
        case .formants: .frame(Formants.self)
        case .samples: .frame(Samples.self)
        }
    }

    /// The type's description of its columns and options.
    private var feature: any Feature.Type {
        switch measure {
        case .frame(let type): type
        case .tracked(let type): type
        }
    }

    /// The measuring type if the kind tracks the voice, otherwise nil.
    var tracked: (any TrackedFeature.Type)? {
        if case .tracked(let type) = measure { type } else { nil }
    }

    func width(_ options: FeatureOptions) -> Int { feature.width(options) }
    func columnNames(_ options: FeatureOptions) -> [String] { feature.columnNames(options) }
    func levelFactors(_ options: FeatureOptions) -> [Float] { feature.levelFactors(options) }
    var isSpectrum: Bool { feature.isSpectrum }
    func validate(_ options: FeatureOptions) throws(FeatureError) { try feature.validate(options) }
}
