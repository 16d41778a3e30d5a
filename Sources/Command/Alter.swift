import ArgumentParser
import Foundation
import StimmungAudio

struct Alter: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alter",
        abstract: "Simulate another room, line or speaker, or cut out part of a recording.",
        discussion: """
            stimmung alter call.wav --by telephone+noise=20 -o call-by-telephone.wav
            stimmung alter call.wav --by room=0.6 -o call-in-a-room.wav

            Alterations are joined by "+" and applied in that order:
              speed=0.9         \(range(Alteration.speeds)) times as fast; shifts pitch and formants
              pitch=2           \(range(Alteration.pitches)) semitones higher, same length; shifts formants
              gain=-20          \(range(Alteration.gains)) dB louder
              noise=20          white noise, signal-to-noise ratio of \(range(Alteration.noises)) dB
              noise=20:pink     the same with equal power per octave
              noise=20:speech   the same with the spectrum of the recording
              room=0.4          a room with \(range(Alteration.rooms)) seconds of reverberation
              telephone         300 to 3400 Hz, 8 kHz, µ-law
              mp3=32            MP3 coding at \(range(Alteration.codecs)) kbit/s, by ffmpeg
              part=0.3:1        part of the speech, 0 (start) to 1 (end), at least \(Alteration.shortestPart) s

            The input may last up to one hour. The output is WAV: mono, 16 bits, 16 kHz. Samples above full scale are clipped.

            The alteration warp= of recipes changes features, not audio, so it is not available here.
            """)

    /// Numbers without `.0` where they are whole.
    private static func range(_ allowed: ClosedRange<Double>) -> String {
        [allowed.lowerBound, allowed.upperBound].map { bound in Int(exactly: bound).map { "\($0)" } ?? "\(bound)" }.joined(
            separator: " to ")
    }

    private static func range(_ allowed: ClosedRange<Int>) -> String { "\(allowed.lowerBound) to \(allowed.upperBound)" }

    @Argument(help: ArgumentHelp("Audio or video file.", valueName: "file"), completion: .file())
    var recording: String

    @Option(
        help: ArgumentHelp("Alterations to apply, such as telephone+noise=20.", valueName: "alterations"), transform: Self.alterations)
    var by: [Alteration]

    @Option(name: .shortAndLong, help: ArgumentHelp("WAV file to write.", valueName: "file"), completion: .file(extensions: ["wav"]))
    var output: String

    @Option(help: ArgumentHelp("Random seed for noise and room.", valueName: "n"))
    var seed: UInt64 = 1

    private static func alterations(_ text: String) throws -> [Alteration] {
        if text.split(separator: "+").contains(where: { $0.hasPrefix("warp=") }) {
            throw ValidationError(
                "warp= changes features, not audio, and is for recipes only. Use speed= or pitch= to shift formants in audio.")
        }
        return try [Alteration](text)
    }

    private static let sampleRate = 16_000
    /// In seconds. The input and the output are held in memory.
    private static let longest = 3600.0

    func validate() throws {
        let ending = OutputChoice.fileExtension(of: output)
        if let ending, !["wav", "wave"].contains(ending) {
            throw ValidationError("--output is \(output), but only WAV can be written. Give a name that ends in .wav.")
        }
    }

    mutating func run() throws {
        try checkOutputs(files: [output], inputs: [recording])
        let samples = try AudioFile.read(AudioSegment(path: recording), sampleRate: Self.sampleRate, longest: Self.longest)
        let altered = try by.apply(to: samples, sampleRate: Double(Self.sampleRate), seed: seed)
        try AudioFile.writeWAV(altered, sampleRate: Self.sampleRate, to: output)
        let clipped = altered.count { abs($0) > 1 }
        if clipped > 0 {
            printToStandardError(
                "stimmung: warning: \(output): \(clipped) of \(altered.count) samples exceeded full scale and were clipped. Add gain=-6, for example."
            )
        }
    }
}
