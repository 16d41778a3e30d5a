import StimmungSupport

/// What is computed of a recording, and how. Every constant of the front end is here; the defaults give 39 values per frame:
/// 13 mel frequency cepstral coefficients, their deltas and accelerations.
///
///     var options = FeatureOptions()                      // mfcc_0 … mfcc_12 and two orders of deltas
///     options = FeatureOptions(kinds: [.fbank], deltas: 0) // 40 log-mel bands
///     try options.set(["melScale=htk"])                   // any option by name, with `import Stimmung`
///     options = .utterance                                // 2456 functionals, one row a recording
///
/// Encoded as a flat object with the names of the properties. When decoded, a name left out has its default and an unknown name is
/// an error, for a misspelt option that changes nothing is worse than none.
public struct FeatureOptions: Sendable, Equatable {
    /// Samples in a second; recordings are brought to it. Default 16000.
    public var sampleRate = 16000
    /// The largest absolute sample that recordings are brought to first, so that neither the gain of the recorder nor the distance to the microphone
    /// counts, by 60 dB at most; 0 leaves them as they are. It is the peak of the part that is read. `FrontEnd.features` and `FeatureStream` apply it, and read a long file twice for it;
    /// `FeatureExtractor`, which has not heard the end, does not. Default 0.
    package var peak: Float = 0
    /// `a` in `y_t = x_t − a x_{t−1}`, over the whole recording and not each frame by itself; the first sample is kept as it is.
    /// 0 turns it off. Default 0.97.
    package var preEmphasis: Float = 0.97
    /// Seconds in a frame. Default 0.025. Frames are whole: what is left behind the last is not used, nothing is padded.
    package var windowLength = 0.025
    /// Seconds from the start of a frame to the start of the next. Default 0.01.
    package var hop = 0.01
    /// The weights of a frame's samples. Default Hamming.
    package var window = WindowFunction.hamming
    /// Points of the Fourier transform; frames are filled up with zeros to it. Default `nil`: the next power of two, 512.
    package var fftSize: Int?
    /// The scale on which the bands are equally wide. Default the study's.
    package var melScale = MelScale.study
    /// Stretches the frequencies of the mel bands as another length of the vocal tract would: above 1 the bands lie higher, 0.8 to 1.25.
    /// For augmentation; `MelFilterbank` has the equation. Default 1.
    package var warp = 1.0
    /// Where the lowest band starts, in hertz. Default 0.
    package var lowFrequency = 0.0
    /// Where the highest band ends, in hertz. Default 8000.
    package var highFrequency = 8000.0
    /// Mel bands that the cepstral coefficients are made of. Default 26.
    package var melBands = 26
    /// Mel bands of kind `fbank`. Default 40.
    package var filterbankBands = 40
    /// Energies below this are raised to it before the logarithm is taken. Default 10⁻⁶: for samples in −1 … 1 that is about the most that
    /// rounding to 16 bits puts into a band, so what lies below is not sound, and digital silence looks like a quiet room (of recordings that `peak` does not raise).
    package var logFloor: Float = 1e-6
    /// Cepstral coefficients, from `c_0` on. Default 13.
    package var coefficients = 13
    /// `L` in the weights `1 + L/2 sin(πn/L)` of the cepstral coefficients; 0 turns them off. Default 22.
    package var lifter = 22
    /// The lowest fundamental frequency that is looked for, in hertz; it also sets the part of the recording that is looked at for a
    /// frame's pitch, three periods of it: 46 ms. Default 65.
    package var pitchFloor = 65.0
    /// The highest fundamental frequency that is looked for, in hertz. Default 600.
    package var pitchCeiling = 600.0
    /// How much of a frame must repeat itself, as a normalised autocorrelation of 0 … 1, to count as voiced. Default 0.55.
    package var voicingThreshold: Float = 0.55
    /// Where the spectrum ends that formants are looked for in, in hertz; as a rule 5000 for men and 5500 for women. Default 5500.
    package var formantCeiling = 5500.0
    /// What is measured; the kinds' columns are side by side in this order. Default MFCC.
    public var kinds: [FeatureKind] = [.mfcc]
    /// Statistics of all frames in place of the frames: a recording becomes one row. Default `nil`: the frames themselves.
    package var functionals: FunctionalsOptions?
    /// Orders of deltas behind the static features: 0 none, 1 deltas, 2 deltas and accelerations. Default 2.
    package var deltas = 2
    /// Frames on either side of a frame that its delta is taken over. Default 2.
    package var deltaWindow = 2

    /// The default options for the given kinds and orders of deltas.
    public init(kinds: [FeatureKind] = [.mfcc], deltas: Int = 2) {
        self.kinds = kinds
        self.deltas = deltas
    }

    /// The functionals of an utterance with all defaults: 2456 numbers.
    public static var utterance: FeatureOptions {
        var options = FeatureOptions(kinds: FunctionalsOptions.kinds)
        options.functionals = FunctionalsOptions()
        return options
    }
}

extension FeatureOptions: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case sampleRate, peak, preEmphasis, windowLength, hop, window, fftSize, melScale, warp, lowFrequency, highFrequency, melBands
        case filterbankBands, logFloor, coefficients, lifter, pitchFloor, pitchCeiling, voicingThreshold, formantCeiling
        case kinds, functionals, deltas, deltaWindow
    }

    public init(from decoder: any Decoder) throws {
        self.init()
        let options = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        try options.update(&sampleRate, forKey: .sampleRate)
        try options.update(&peak, forKey: .peak)
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
        try options.update(&coefficients, forKey: .coefficients)
        try options.update(&lifter, forKey: .lifter)
        try options.update(&pitchFloor, forKey: .pitchFloor)
        try options.update(&pitchCeiling, forKey: .pitchCeiling)
        try options.update(&voicingThreshold, forKey: .voicingThreshold)
        kinds = try options.decodeIfPresent(listOf: FeatureKind.self, forKey: .kinds) ?? kinds
        try options.update(&formantCeiling, forKey: .formantCeiling)
        functionals = try FunctionalsOptions.decode(from: options, forKey: .functionals)
        if functionals != nil && !options.contains(.kinds) { kinds = FunctionalsOptions.kinds }
        try options.update(&deltas, forKey: .deltas)
        try options.update(&deltaWindow, forKey: .deltaWindow)
    }
}
