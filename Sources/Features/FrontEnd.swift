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
    package static let version = 2

    /// Largest accepted magnitude of a sample; samples normally lie in −1 … 1.
    package static let loudest = FrameExtractor.loudest

    /// The options of the front end.
    public let options: FeatureOptions
    /// Computes one row from all frames; `nil` if the options have no functionals.
    package let functionals: Functionals?
    /// A prototype that has not received any samples.
    private let frameExtractor: FrameExtractor

    /// Validates the options and builds the tables.
    ///
    /// - Throws: `FeatureError.option` if an option is invalid.
    public init(_ options: FeatureOptions) throws(FeatureError) {
        try options.validate()
        self.options = options
        functionals = options.functionals.map { Functionals(valid: options, $0) }
        frameExtractor = FrameExtractor(valid: functionals?.frameOptions ?? options)
    }

    private init(framesOf other: FrontEnd) {
        functionals = nil
        frameExtractor = other.frameExtractor
        options = frameExtractor.options
    }

    /// Values per row.
    public var width: Int { functionals?.width ?? frameExtractor.width }

    /// The front end for the frames that functionals are computed from; the same front end if there are no functionals.
    package var ofFrames: FrontEnd { functionals == nil ? self : FrontEnd(framesOf: self) }

    /// An extractor for one recording after another.
    public func makeExtractor() -> FeatureExtractor { FeatureExtractor(frameExtractor, functionals) }
}
