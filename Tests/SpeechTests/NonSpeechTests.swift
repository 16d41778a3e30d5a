import Foundation
import StimmungAudio
import StimmungSpeech
import StimmungTestSupport
import Testing

/// A sound without speech, by the effects of `sox`, which shares nothing with the synthesis that the model was trained on.
struct Sound: Sendable, CustomStringConvertible {
    let description: String
    /// Seconds of the effects' output, which is repeated.
    let seconds: Double
    let effects: String
    /// `sox` plucks strings at 48 kHz only.
    var sampleRate = 16_000
}

struct NonSpeechTests {
    /// Seconds per sound; ten minutes in the long tests.
    private static let duration: Double = ProcessInfo.processInfo.environment["STIMMUNG_LONG"] == "1" ? 600 : 30

    static let sounds: [Sound] = [
        Sound(description: "silence", seconds: duration, effects: "trim 0 \(duration)"),
        Sound(description: "white noise", seconds: duration, effects: "synth \(duration) whitenoise vol 0.3"),
        Sound(description: "pink noise", seconds: duration, effects: "synth \(duration) pinknoise vol 0.3"),
        Sound(description: "brown noise", seconds: duration, effects: "synth \(duration) brownnoise vol 0.3"),
        Sound(description: "hum of 50 Hz", seconds: duration, effects: "synth \(duration) sine 50 synth \(duration) sine mix 150 vol 0.3"),
        Sound(description: "hum of 60 Hz", seconds: duration, effects: "synth \(duration) sawtooth 60 lowpass 400 vol 0.3"),
        Sound(description: "a tone", seconds: duration, effects: "synth \(duration) sine 440 vol 0.3"),
        Sound(description: "three tones", seconds: duration, effects: "synth \(duration) sine 300 sine 1000 sine 2500 remix - vol 0.3"),
        Sound(description: "a square wave", seconds: duration, effects: "synth \(duration) square 220 vol 0.2"),
        Sound(description: "a slow sweep", seconds: duration, effects: "synth \(duration) sine 50:7000 vol 0.3"),
        Sound(description: "fast sweeps", seconds: 1, effects: "synth 1 sine 200:3000 vol 0.3"),
        Sound(description: "exponential sweeps", seconds: 5, effects: "synth 5 sine 100/4000 vol 0.3"),
        Sound(description: "a plucked string", seconds: 2, effects: "synth 2 pluck C3 vol 0.5", sampleRate: 48_000),
        Sound(
            description: "plucked chords", seconds: 3,
            effects: "synth 3 pluck G2 pluck B2 pluck D3 pluck G3 pluck D4 pluck G4 delay 0 .05 .1 .15 .2 .25 remix - fade 0 3 .1 norm -3",
            sampleRate: 48_000),
    ]

    @Test("no speech in what has none", .enabled(if: isInstalled("sox"), "needs sox"), arguments: NonSpeechTests.sounds)
    func none(sound: Sound) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("sound.wav")
        let repeats = Int((Self.duration / sound.seconds).rounded()) - 1
        let effects = sound.effects.split(separator: " ").map(String.init) + (repeats > 0 ? ["repeat", "\(repeats)"] : [])
        try runProgram("sox", ["-R", "-r", "\(sound.sampleRate)", "-n", "-b", "16", "-r", "16000", path] + effects)
        #expect(try SpeechDetector.segments(of: AudioSegment(path: path)) == [])
    }

    @Test("recordings without a sample, or shorter than a window, have no speech", arguments: [0, 1, 399])
    func short(count: Int) throws {
        var detector = try SpeechDetector(SpeechModel.builtIn())
        #expect(try detector.segments(of: [Float](repeating: 0.1, count: count)) == [])
    }
}
