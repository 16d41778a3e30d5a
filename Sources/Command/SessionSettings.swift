import ArgumentParser
import Foundation
import Stimmung
import StimmungSpeech
import StimmungSupport
import StimmungTensors

/// The model of commands that recognise speech as a session.
struct ModelOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            A model written by "stimmung train" or "stimmung adapt", built-in, or encoder: the built-in model for voices unlike the \
            training data, which needs "stimmung encoder install". (default: $STIMMUNG_MODEL, or built-in)
            """, valueName: "model"),
        completion: .file(extensions: ["safetensors"]))
    var model: String?

    @OptionGroup var precision: PrecisionOption

    /// The model file; nil for a model in the program.
    var path: String? { named.path }

    /// The model in the program; nil for a file.
    var builtIn: BuiltInModel? { named.builtIn }

    private var named: NamedModel { NamedModel(model ?? environmentPath("STIMMUNG_MODEL")) }

    func recogniser() throws -> Recogniser { try Recogniser(precision.applied(to: named.open())) }
}

/// The precision of recognition.
struct PrecisionOption: ParsableArguments {
    @Option(
        help: "Precision of the networks' wide products; bfloat16 is faster on processors that have it, and changes confidences a little.")
    var precision = Precision.float32

    func applied(to model: Model) -> Model {
        var model = model
        model.precision = precision
        return model
    }
}

extension NamedModel: ExpressibleByArgument {
    public init(argument: String) { self.init(argument) }
}

/// The voice of the person who speaks.
struct VoiceOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("The voice of the person who speaks, written by \"stimmung enrol\".", valueName: "file"),
        completion: .file(extensions: ["voice"]))
    var voice: String?

    /// The recogniser that knows the voice, if one is given.
    func recogniser(_ recogniser: Recogniser) throws -> Recogniser {
        try voice.map { try recogniser.knowing(Voice(contentsOf: $0)) } ?? recogniser
    }
}

/// Which decisions are rejected.
struct RejectOption: ParsableArguments {
    @Option(help: ArgumentHelp("Label decisions with less confidence \"uncertain\", 0 to 1.", valueName: "confidence"))
    var reject: Double?

    func validate() throws {
        if let reject, !(0...1).contains(reject) { throw ValidationError("--reject is \(reject); it must be 0 to 1.") }
    }

    /// The recogniser that rejects decisions, if that is asked for.
    func recogniser(_ recogniser: Recogniser) throws -> Recogniser { try reject.map { try recogniser.rejecting(below: $0) } ?? recogniser }
}

/// How speech is found, for every command that looks for speech.
struct SpeechOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Take all audio for speech, or detect it. (default: the model's recipe)", valueName: "use"))
    var speech: SpeechUse?

    @Option(help: ArgumentHelp("Ignore shorter speech, 0 to 10.", valueName: "seconds"))
    var leastSpeech = SpeechActivityOptions().leastSpeech

    @Option(help: ArgumentHelp("Bridge shorter pauses, 0 to 60.", valueName: "seconds"))
    var leastPause = SpeechActivityOptions().leastPause

    @Option(help: ArgumentHelp("Added before speech, 0 to 10.", valueName: "seconds"))
    var paddingBefore = SpeechActivityOptions().paddingBefore

    @Option(help: ArgumentHelp("Added after speech, 0 to 10.", valueName: "seconds"))
    var paddingAfter = SpeechActivityOptions().paddingAfter

    @Option(help: ArgumentHelp("Probability of speech from which speech starts, above 0 to 1.", valueName: "p"))
    var upperThreshold = SpeechActivityOptions().upperThreshold

    @Option(help: ArgumentHelp("Probability of speech below which speech ends, 0 to the upper threshold.", valueName: "p"))
    var lowerThreshold = SpeechActivityOptions().lowerThreshold

    func validate() throws {
        do { try activity.validate() } catch SpeechError.option(let name, let value, let allowed) {
            // The library's range names its own option.
            let range = allowed.replacing("upperThreshold", with: "--upper-threshold")
            throw ValidationError("--\(Self.hyphenated(name)) is \(value); it must be \(range).")
        }
    }

    /// The options for a session.
    var session: SessionOptions {
        var options = SessionOptions()
        options.speech = speech
        options.activity = activity
        return options
    }

    private var activity: SpeechActivityOptions {
        var options = SpeechActivityOptions()
        options.leastSpeech = leastSpeech
        options.leastPause = leastPause
        options.paddingBefore = paddingBefore
        options.paddingAfter = paddingAfter
        options.upperThreshold = upperThreshold
        options.lowerThreshold = lowerThreshold
        return options
    }

    /// `least-pause` for `leastPause`.
    private static func hyphenated(_ name: String) -> String {
        name.map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
    }
}

/// Options of commands that report while samples arrive.
struct LiveOptions: ParsableArguments {
    @OptionGroup var model: ModelOption
    @OptionGroup var voice: VoiceOption
    @OptionGroup var reject: RejectOption

    @Option(
        help: ArgumentHelp(
            """
            Learn the voice from this session, which must be of one person, use it from then on, and write it to this file at the end. With \
            --voice, both voices are used, but only that of this session is written.
            """, valueName: "file"), completion: .file(extensions: ["voice"]))
    var enrol: String?

    @Flag(
        help: """
            Learn the source (line, room, speakers) from this session's speech, and move the model's mean to it from each pause on. Labels are not \
            needed.
            """)
    var adapt = false

    @Option(help: ArgumentHelp("Seconds between posteriors, 0.05 to 60; 0 prints none.", valueName: "seconds"))
    var interval = 0.25

    @OptionGroup var speech: SpeechOptions

    func validate() throws {
        if enrol == "-" { throw ValidationError("--enrol needs the name of a file.") }
        if enrol != nil, speech.speech == .all { throw ValidationError("--enrol needs detected speech. Leave out --speech all.") }
        if adapt, speech.speech == .all { throw ValidationError("--adapt needs detected speech. Leave out --speech all.") }
        if interval != 0, !(0.05...60).contains(interval) {
            throw ValidationError("--interval is \(interval); it must be 0, or 0.05 to 60.")
        }
    }

    /// The options for a session.
    var session: SessionOptions {
        var options = speech.session
        options.posteriorInterval = interval == 0 ? nil : interval
        options.learning = enrol == nil ? .off : .applied
        options.adaptsToSource = adapt
        return options
    }

    /// A recogniser that knows the voice, if one is given. Checks outputs first.
    func recogniser() throws -> Recogniser {
        try checkOutputs(files: [enrol], inputs: [model.path, voice.voice])
        try refuseRecordings(asOutputs: [enrol])
        return try reject.recogniser(voice.recogniser(model.recogniser()))
    }

    /// Writes the voice that a session has learnt, if it was asked for.
    ///
    /// - Throws: `VoiceError.noSpeech` if there was no speech, and an error if the file cannot be written.
    func writeVoice(of session: RecognitionSession) throws {
        guard let enrol else { return }
        guard let voice = session.voice else { throw VoiceError.noSpeech(recordings: 1) }
        try voice.write(path: enrol)
        for warning in voice.warnings { printToStandardError("stimmung: warning: \(enrol): \(warning.message)".printable) }
    }

    /// The same for a session that was interrupted: without speech there is a warning.
    func writeVoiceIfAny(of session: RecognitionSession) throws {
        do { try writeVoice(of: session) } catch VoiceError.noSpeech {
            printToStandardError("stimmung: warning: \(enrol ?? "") was not written, because there was no speech".printable)
        }
    }
}

extension SpeechUse: ExpressibleByArgument {}

extension StandardOutput {
    /// Events, one JSON object per line.
    static func events(_ events: [SessionEvent]) throws {
        if !events.isEmpty { try data(events.map(\.json).joined(separator: "\n")) }
    }
}
