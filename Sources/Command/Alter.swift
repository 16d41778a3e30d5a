import ArgumentParser
import Foundation
import StimmungAudio

struct Alter: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a recording as another room, line or speaker would have made it, or a part of it.",
        discussion: """
            stimmung alter call.wav --by telephone+noise=20 -o call-by-telephone.wav
            stimmung alter call.wav --by room=0.6 -o call-in-a-room.wav

            Alterations are joined by "+" and come one after the other:
            speed=0.9         \(range(Alteration.speeds)) times as fast; pitch and formants move too
            pitch=2           \(range(Alteration.pitches)) semitones higher at the same length; formants move too
            gain=-20          \(range(Alteration.gains)) decibels louder
            noise=20          noise that is so many decibels softer than the speech, \(range(Alteration.noises)); noise=20:pink for the same power in every
                              octave, noise=20:speech for the spectrum of the recording itself
            room=0.4          a room with \(range(Alteration.rooms)) seconds of reverberation
            telephone         300 to 3400 Hz, 8 kHz, µ-law
            mp3=32            MP3 of \(range(Alteration.codecs)) kbit/s and back, by ffmpeg
            part=0.3:1        only the speech between two shares of its time, 0 to 1, from the first to the last loud moment; \(Alteration.shortestPart) s at least; as of a
                              recording that began late or was broken off

            A recording of an hour at most. The result is WAV of one channel, 16 bits and 16 kHz. What an alteration makes louder than full scale is clipped there.
            """)

    /// Numbers without `.0` where they are whole.
    private static func range(_ allowed: ClosedRange<Double>) -> String {
        [allowed.lowerBound, allowed.upperBound].map { bound in Int(exactly: bound).map { "\($0)" } ?? "\(bound)" }.joined(
            separator: " to ")
    }

    private static func range(_ allowed: ClosedRange<Int>) -> String { "\(allowed.lowerBound) to \(allowed.upperBound)" }

    @Argument(help: ArgumentHelp("An audio or video file.", valueName: "file"))
    var recording: String

    @Option(
        help: ArgumentHelp("What to do to it, such as telephone+noise=20.", valueName: "alterations"), transform: { try [Alteration]($0) })
    var by: [Alteration]

    @Option(name: .shortAndLong, help: ArgumentHelp("The WAV file to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Of the noise and the room.", valueName: "n"))
    var seed: UInt64 = 1

    private static let sampleRate = 16_000
    /// Seconds of a recording, which is held as a whole, with what is made of it.
    private static let longest = 3600.0

    mutating func run() throws {
        try checkOutputs(files: [output], inputs: [recording])
        let samples = try AudioFile.read(AudioSegment(path: recording), sampleRate: Self.sampleRate, longest: Self.longest)
        let altered = try by.apply(to: samples, sampleRate: Double(Self.sampleRate), seed: seed)
        try AudioFile.writeWAV(altered, sampleRate: Self.sampleRate, to: output)
        let clipped = altered.count { abs($0) > 1 }
        if clipped > 0 {
            printToStandardError(
                "\(output): \(clipped) of \(altered.count) samples were louder than full scale and are clipped; add gain=-6 or so to the alterations"
            )
        }
    }
}
