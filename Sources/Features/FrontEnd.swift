import CStimmungKernels
import StimmungEncoders

/// The front end for one set of validated options, with its windows, filters and transform tables.
///
///     let frontEnd = try FrontEnd(FeatureOptions())
///     let frames = try frontEnd.features(of: AudioSegment(path: "call.wav"))      // T × 39
///     var extractor = frontEnd.makeExtractor()                                    // for samples as they arrive
///
/// Building the tables takes as long as extracting half a second of speech; making an extractor, a tenth of that. Build a front end once and
/// pass it on. A front end is a value that any number of threads may share.
public struct FrontEnd: Sendable {
    /// The latest version of the options and of what they compute. Model files name the version that their options need
    /// (`FeatureOptions.version`), so that a program refuses a model whose features it would compute differently.
    ///
    /// 1. The first version.
    /// 2. Adds `highPass` and `relativeFloor`.
    /// 3. Adds `encoder`.
    package static let version = 3

    /// Largest accepted magnitude of a sample; samples normally lie in −1 … 1. Energies of larger samples could overflow.
    package static let loudest: Float = 1e6

    /// Checks that the magnitude of every sample is at most `limit`.
    ///
    /// - Parameter position: that of the first sample in the recording.
    /// - Throws: `FeatureError.notFinite` with the position of the first sample that is not finite or too large.
    package static func check(
        _ samples: UnsafeBufferPointer<Float>, limit: Float = loudest, position: Int
    ) throws(FeatureError) {
        // The search stops at every sample; the kernel takes 0.03 ns per sample instead of 0.8 (Zen 4).
        if ck_within(samples.count, limit, samples.baseAddress) == 0, let bad = samples.firstIndex(where: { !(abs($0) <= limit) }) {
            throw .notFinite(file: nil, sample: position + bad)
        }
    }

    /// The options of the front end.
    public let options: FeatureOptions
    /// Computes one row from all frames; `nil` if the options have neither functionals nor a pooled encoder.
    package let functionals: Functionals?
    /// A prototype that has not received any samples.
    private let frameExtractor: FrameExtractor
    /// Turns samples into the frames, if they are those of an encoder.
    private let encoder: (any FrameEncoder)?

    /// Validates the options and builds the tables. An encoder is read from the user's data folder, and the options name its weights from then on.
    ///
    /// - Throws: `FeatureError.option` if an option is invalid; `FeatureError.encoder` if an encoder is not installed or cannot be used.
    public init(_ options: FeatureOptions) throws(FeatureError) {
        try options.validate()
        guard let settings = options.encoder else {
            self.options = options
            encoder = nil
            functionals = options.functionals.map { Functionals(valid: options, $0, nil) }
            frameExtractor = FrameExtractor(valid: functionals?.frameOptions ?? options)
            return
        }
        let installed = try settings.installed()
        var options = options
        options.encoder?.weights = installed.weights
        self.options = options
        if let range = settings.pooled {
            let pooled = Functionals(valid: options, options.functionals, PooledEncoder(encoder: installed.encoder, range: range))
            (encoder, functionals) = (nil, pooled)
            frameExtractor = FrameExtractor(valid: pooled.frameOptions)
        } else {
            (encoder, functionals) = (installed.encoder, nil)
            frameExtractor = FrameExtractor(valid: options.samplesOfHops)
        }
    }

    private init(framesOf other: FrontEnd) {
        functionals = nil
        encoder = nil
        frameExtractor = other.frameExtractor
        options = frameExtractor.options
    }

    /// Values per row.
    public var width: Int { functionals?.width ?? encoder?.width ?? frameExtractor.width }

    /// The front end for the frames that functionals are computed from; the same front end if there are no functionals.
    package var ofFrames: FrontEnd { functionals == nil ? self : FrontEnd(framesOf: self) }

    /// An extractor for one recording after another.
    public func makeExtractor() -> FeatureExtractor { FeatureExtractor(frameExtractor, functionals, encoder) }
}
