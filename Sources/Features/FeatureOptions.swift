import StimmungSupport

/// The options of the front end, including all its constants. The defaults give 39 values per frame: 13 mel frequency cepstral
/// coefficients, their deltas and accelerations.
///
///     var options = FeatureOptions()                      // mfcc_0 … mfcc_12 and two orders of deltas
///     options = FeatureOptions(kinds: [.fbank], deltas: 0) // 40 log-mel bands
///     try options.set(["melScale=htk"])                   // any option by name, with `import Stimmung`
///     options = .utterance                                // 2456 functionals, one row per recording
///
/// Encoded as a flat object with the names of the properties. When decoding, missing names have their defaults, and unknown names are
/// errors, so that a misspelt option is not silently ignored.
public struct FeatureOptions: Sendable, Equatable {
    /// Sample rate in hertz; recordings are resampled to it. Default 16000.
    public var sampleRate = 16000
    /// Peak normalisation: recordings are first scaled to this largest absolute sample, by at most 60 dB, so that neither the recorder's
    /// gain nor the distance to the microphone matters; 0 leaves them as they are. The peak is measured over the part that is read.
    /// `FrontEnd.features` and `FeatureStream` apply this option, and read long files twice for it; `FeatureExtractor` does not, because it
    /// has not seen the whole recording. Default 0.
    package var peak: Float = 0
    /// Cut-off in hertz of a causal high-pass (`HighPass`) that the samples pass before everything else, so that a DC offset, rumble and hum
    /// do not count; 0 turns it off. Default 0.
    package var highPass = 0.0
    /// `a` in `y_t = x_t − a x_{t−1}`, applied to the whole recording rather than per frame; the first sample is unchanged. 0 turns it off.
    /// Default 0.97.
    package var preEmphasis: Float = 0.97
    /// Length of a frame in seconds. Default 0.025. Only whole frames are used, without padding: samples after the last one are ignored.
    package var windowLength = 0.025
    /// Seconds from the start of a frame to the start of the next. Default 0.01.
    package var hop = 0.01
    /// Window function. Default Hamming.
    package var window = WindowFunction.hamming
    /// Points of the Fourier transform; frames are zero-padded to this size. Default `nil`: the next power of two, 512.
    package var fftSize: Int?
    /// The scale on which the bands are equally wide. Default: the study's.
    package var melScale = MelScale.study
    /// Warps the frequencies of the mel bands as a different vocal tract length would: above 1 the bands lie higher, 0.8 to 1.25. For data
    /// augmentation; `MelFilterbank` has the equation. Default 1.
    package var warp = 1.0
    /// Lower edge of the lowest band in hertz. Default 0.
    package var lowFrequency = 0.0
    /// Upper edge of the highest band in hertz. Default 8000.
    package var highFrequency = 8000.0
    /// Number of mel bands for the cepstral coefficients. Default 26.
    package var melBands = 26
    /// Number of mel bands of kind `fbank`. Default 40.
    package var filterbankBands = 40
    /// Energies are raised to at least this value before the logarithm. Default 10⁻⁶: for samples in −1 … 1 this is about the most that
    /// rounding to 16 bits adds to a band. Lower energies are not sound, and digital silence looks like a quiet room, unless `peak` raises
    /// the recording.
    package var logFloor: Float = 1e-6
    /// Whether `logFloor` is a fraction of the energy of the loudest frame so far (`LevelTracker`) instead of an energy. No sample is scaled
    /// then, and a gain only adds a constant to log energies. Default false.
    package var relativeFloor = false
    /// Number of cepstral coefficients, starting with `c_0`. Default 13.
    package var coefficients = 13
    /// `L` in the weights `1 + L/2 sin(πn/L)` of the cepstral coefficients; 0 turns them off. Default 22.
    package var lifter = 22
    /// Lower limit of the fundamental frequency in hertz. The pitch of a frame is measured over three periods of this frequency: 46 ms.
    /// Default 65.
    package var pitchFloor = 65.0
    /// Upper limit of the fundamental frequency in hertz. Default 600.
    package var pitchCeiling = 600.0
    /// Minimum normalised autocorrelation, 0 … 1, of a voiced frame. Default 0.55.
    package var voicingThreshold: Float = 0.55
    /// Upper limit in hertz of the spectrum used for formants; typically 5000 for men and 5500 for women. Default 5500.
    package var formantCeiling = 5500.0
    /// The kinds of features, whose columns are side by side in this order. Default MFCC.
    public var kinds: [FeatureKind] = [.mfcc]
    /// Statistics of all frames instead of the frames: a recording becomes one row. Default `nil`: the frames themselves.
    package var functionals: FunctionalsOptions?
    /// A speech encoder whose frames are the features, or statistics of them; it must be installed. Default `nil`.
    package var encoder: EncoderOptions?
    /// Orders of deltas after the static features: 0 for none, 1 for deltas, 2 for deltas and accelerations. Default 2.
    package var deltas = 2
    /// Frames on either side of a frame that its delta is computed from. Default 2.
    package var deltaWindow = 2

    /// The default options with the given kinds and orders of deltas.
    public init(kinds: [FeatureKind] = [.mfcc], deltas: Int = 2) {
        self.kinds = kinds
        self.deltas = deltas
    }

    /// The default functionals of an utterance: 2456 values.
    public static var utterance: FeatureOptions {
        var options = FeatureOptions(kinds: FunctionalsOptions.kinds)
        options.functionals = FunctionalsOptions()
        return options
    }
}

extension FeatureOptions: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case sampleRate, peak, highPass, preEmphasis, windowLength, hop, window, fftSize, melScale, warp, lowFrequency, highFrequency
        case melBands, filterbankBands, logFloor, relativeFloor, coefficients, lifter, pitchFloor, pitchCeiling, voicingThreshold,
            formantCeiling
        case kinds, functionals, encoder, deltas, deltaWindow
    }

    public init(from decoder: any Decoder) throws {
        self.init()
        let options = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        try options.update(&sampleRate, forKey: .sampleRate)
        try options.update(&peak, forKey: .peak)
        try options.update(&highPass, forKey: .highPass)
        try options.update(&preEmphasis, forKey: .preEmphasis)
        try options.update(&windowLength, forKey: .windowLength)
        try options.update(&hop, forKey: .hop)
        try options.update(&window, forKey: .window)
        fftSize = try options.decodeIfPresent(Int.self, forKey: .fftSize)
        try options.update(&melScale, forKey: .melScale)
        try options.update(&warp, forKey: .warp)
        try options.update(&lowFrequency, forKey: .lowFrequency)
        try options.update(&highFrequency, forKey: .highFrequency)
        try options.update(&melBands, forKey: .melBands)
        try options.update(&filterbankBands, forKey: .filterbankBands)
        try options.update(&logFloor, forKey: .logFloor)
        try options.update(&relativeFloor, forKey: .relativeFloor)
        try options.update(&coefficients, forKey: .coefficients)
        try options.update(&lifter, forKey: .lifter)
        try options.update(&pitchFloor, forKey: .pitchFloor)
        try options.update(&pitchCeiling, forKey: .pitchCeiling)
        try options.update(&voicingThreshold, forKey: .voicingThreshold)
        kinds = try options.decodeIfPresent(listOf: FeatureKind.self, forKey: .kinds) ?? kinds
        try options.update(&formantCeiling, forKey: .formantCeiling)
        functionals = try FunctionalsOptions.decode(from: options, forKey: .functionals)
        if functionals != nil && !options.contains(.kinds) { kinds = FunctionalsOptions.kinds }
        encoder = try options.decodeIfPresent(EncoderOptions.self, forKey: .encoder)
        try options.update(&deltas, forKey: .deltas)
        try options.update(&deltaWindow, forKey: .deltaWindow)
    }
}
