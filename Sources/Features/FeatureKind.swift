import StimmungSupport

/// What is measured of every frame. A list of kinds makes one frame: their columns stand side by side in the order of the list.
///
/// A new kind is a case here, a type of its own in `Kinds/` that conforms to `FrameFeature`, and a line in `FeatureKind.measure`; one
/// that needs the frames around is a `TrackedFeature` and a line in `FeatureKind.tracked`.
package enum FeatureKind: String, Choice, Sendable {
    /// Mel frequency cepstral coefficients: `FeatureOptions.coefficients` columns `mfcc_0`, `mfcc_1`, ….
    case mfcc
    /// Logarithms of the energies of mel bands: `FeatureOptions.filterbankBands` columns `fbank_0`, `fbank_1`, ….
    case fbank
    /// The logarithm of the energy of the raw frame: one column `energy`.
    case energy
    /// The fundamental frequency: two columns, `log_f0`, its natural logarithm in hertz, and `voicing`, 0 … 1, above 0.5 in voiced frames.
    case pitch
    /// How regular the voice is: three columns, `jitter` and `shimmer`, parts of 1, and `hnr`, the ratio of harmonics to noise in decibels.
    case quality
    /// How the spectrum falls: four columns, `alpha_ratio` and `hammarberg` in decibels, `slope_500` and `slope_1500` in dB/kHz.
    case tilt
    /// The resonances of the vocal tract: three columns `formant_1` … `formant_3`, in hertz.
    case formants

    /// The type that computes this kind of each frame by itself; nil for the kinds that follow the voice. The options must be valid.
    func measure(_ options: FeatureOptions) -> (any FrameFeature)? {
        switch self {
        case .mfcc: CepstralCoefficients(options)
        case .fbank: LogFilterbank(options)
        case .energy: LogEnergy(options)
        case .tilt: SpectralTilt(options)
        case .formants: Formants(options)
        case .pitch, .quality: nil
        }
    }

    /// The type that computes this kind along the path of the pitch; nil for the others.
    func tracked(_ options: FeatureOptions) -> (any TrackedFeature)? {
        switch self {
        case .mfcc, .fbank, .energy, .tilt, .formants: nil
        case .pitch: PitchContour(options)
        case .quality: VoiceQuality(options)
        }
    }

    /// Whether the kind follows the voice from frame to frame, and so comes some frames late.
    var isTracked: Bool {
        switch self {
        case .mfcc, .fbank, .energy, .tilt, .formants: false
        case .pitch, .quality: true
        }
    }

    /// How many columns this kind has, without deltas.
    func width(_ options: FeatureOptions) -> Int {
        switch self {
        case .mfcc: options.coefficients
        case .fbank: options.filterbankBands
        case .energy: 1
        case .pitch: 2
        case .quality, .formants: 3
        case .tilt: 4
        }
    }

    /// The names of this kind's columns, without deltas.
    func columnNames(_ options: FeatureOptions) -> [String] {
        switch self {
        case .mfcc: (0..<options.coefficients).map { "mfcc_\($0)" }
        case .fbank: (0..<options.filterbankBands).map { "fbank_\($0)" }
        case .energy: ["energy"]
        case .pitch: ["log_f0", "voicing"]
        case .quality: ["jitter", "shimmer", "hnr"]
        case .tilt: ["alpha_ratio", "hammarberg", "slope_500", "slope_1500"]
        case .formants: ["formant_1", "formant_2", "formant_3"]
        }
    }
}
