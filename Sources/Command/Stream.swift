import ArgumentParser
import Foundation
import Stimmung
import StimmungAudio
import StimmungSupport

struct Stream: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream",
        abstract: "Recognise speech from standard input as it arrives.",
        discussion: """
            arecord -q -f S16_LE -r 16000 | stimmung stream
            ffmpeg -v error -i call.mp3 -f s16le -ar 16000 -ac 1 - | stimmung stream
            ffmpeg -v error -i call.mp3 -f wav - | stimmung stream --encoding wav

            Prints one JSON object per line as soon as it is known: speech_started, speech_ended, posterior, segment, and finished at the end. \
            docs/events.md describes them. Several channels are mixed.
            """)

    /// Sample formats of standard input.
    enum Encoding: String, CaseIterable, ExpressibleByArgument {
        case s16le, f32le, wav
    }

    @Option(help: ArgumentHelp("Encoding of the samples; wav reads rate and channels from its header.", valueName: "encoding"))
    var encoding = Encoding.s16le

    @Option(help: ArgumentHelp("Samples per second, 1000 to 1000000.", valueName: "hertz"))
    var rate = 16_000

    @Option(help: ArgumentHelp("Number of interleaved channels, 1 to 64.", valueName: "n"))
    var channels = 1

    @OptionGroup var live: LiveOptions

    func validate() throws {
        if !(1000...1_000_000).contains(rate) { throw ValidationError("--rate is \(rate); it must be 1000 to 1000000.") }
        if !(1...64).contains(channels) { throw ValidationError("--channels is \(channels); it must be 1 to 64.") }
    }

    mutating func run() throws {
        let cancellation = signalCancellation
        let recogniser = try live.recogniser()
        let options = live.session
        var input = SampleInput(
            encoding == .wav ? nil : SampleLayout(encoding == .f32le ? .float32 : .integer16, rate: rate, channels: channels))
        var session: RecognitionSession?
        do {
            while case let bytes = try SpooledInput.next(cancellation), !bytes.isEmpty {
                let samples = try input.take(bytes)
                guard let layout = input.layout else { continue }
                let opened = try session ?? recogniser.session(sampleRate: layout.rate, options: options)
                session = opened
                try StandardOutput.events(opened.push(samples))
            }
        } catch is Cancelled {
            // What has been heard is complete.
            if let session {
                try StandardOutput.events(session.finish())
                try live.writeVoiceIfAny(of: session)
            }
            throw Cancelled()
        }
        guard let layout = input.layout else { throw CommandFailure("Standard input ended before the header of a WAV file was complete.") }
        if input.rest > 0 {
            printToStandardError(
                "stimmung: warning: the last \(counted(input.rest, "byte")) of standard input are less than a sample and were ignored")
        }
        let opened = try session ?? recogniser.session(sampleRate: layout.rate, options: options)
        try StandardOutput.events(opened.finish())
        try live.writeVoice(of: opened)
    }
}

extension Stream: InterruptibleCommand {}
