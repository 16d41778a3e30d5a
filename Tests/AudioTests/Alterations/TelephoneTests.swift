import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

struct TelephoneTests {
    /// How much of a tone comes through, in decibels.
    private func gain(_ frequency: Double, sampleRate: Int) throws -> Double {
        let tone = Signal.sine(frequency, amplitude: 0.5, seconds: 0.5, sampleRate: sampleRate).mono
        let heard = try Alteration.telephone.apply(to: tone, sampleRate: Double(sampleRate), seed: 1)
        return 20 * log10(amplitude(of: heard[...], at: frequency, sampleRate: sampleRate) / 0.5)
    }

    @Test(arguments: [16000, 44100]) func theBand(sampleRate: Int) throws {
        for frequency in [400.0, 1000, 2000, 3300] { #expect(abs(try gain(frequency, sampleRate: sampleRate)) < 1.5, "\(frequency) Hz") }
        for frequency in [60.0, 100, 3700, 5000, 7000] { #expect(try gain(frequency, sampleRate: sampleRate) < -20, "\(frequency) Hz") }
    }

    @Test func nothingIsDelayed() throws {
        let tone = Signal.sine(1000, amplitude: 0.5, seconds: 0.5, sampleRate: 16000).mono
        let heard = try Alteration.telephone.apply(to: tone, sampleRate: 16000, seed: 1)
        // The steps of the code are a little noise.
        #expect(difference(heard[2000..<6000], tone[2000..<6000]) < 0.03)
        #expect(difference(heard, tone) > 1e-4)
    }

    @Test func loudSoundsAreHeldAtFullScale() throws {
        let tone = Signal.sine(1000, amplitude: 1, seconds: 0.2, sampleRate: 8000).mono.map { 50 * $0 }
        let heard = try Alteration.telephone.apply(to: tone, sampleRate: 8000, seed: 1)
        #expect(heard.map({ abs($0) }).max() == Float(8031) / 8192)
    }
}

/// Against the figures of the recommendation.
struct MuLawTests {
    /// ITU-T G.711, table 2a: code (with the inverted bits), value in 14 bits, and the decision values below and above it.
    static let table: [(code: UInt8, value: Float, from: Float, to: Float)] = [
        (0b1000_0000, 8031, 7903, 8159), (0b1000_1111, 4191, 4063, 4319), (0b1001_0000, 3999, 3935, 4063), (0b1001_1111, 2079, 2015, 2143),
        (0b1010_0000, 1983, 1951, 2015), (0b1010_1111, 1023, 991, 1055), (0b1011_1111, 495, 479, 511), (0b1100_1111, 231, 223, 239),
        (0b1101_1111, 99, 95, 103), (0b1110_1111, 33, 31, 35), (0b1111_1110, 2, 1, 3), (0b1111_1111, 0, 0, 1),
    ]

    @Test(arguments: table) func theTable(code: UInt8, value: Float, from: Float, to: Float) {
        #expect(MuLaw.decoded[Int(code)] == value / 8192)
        #expect(MuLaw.decoded[Int(code & 0x7F)] == -value / 8192)
        for magnitude in [from + 0.01, value, to - 0.01] where magnitude > 0 {
            #expect(MuLaw.encode(magnitude / 8192) == code)
            #expect(MuLaw.encode(-magnitude / 8192) == code & 0x7F)
        }
    }

    /// Sound beyond all bounds is held at the ends, and does not stop the program.
    @Test(arguments: [Float.infinity, -.infinity, .nan, 1e38]) func whatIsNoSampleIsHeld(sample: Float) {
        #expect(abs(MuLaw.decoded[Int(MuLaw.encode(sample))]) == 8031.0 / 8192)
    }

    @Test func everyCodeComesBack() {
        for code in 0...255 where code != 0x7F { #expect(MuLaw.encode(MuLaw.decoded[code]) == UInt8(code)) }
        // Minus zero is zero.
        #expect(MuLaw.encode(MuLaw.decoded[0x7F]) == 0xFF)
        for loud in [1, 7, Float.greatestFiniteMagnitude] { #expect(MuLaw.encode(loud) == 0x80 && MuLaw.encode(-loud) == 0) }
    }

    /// Another implementation, on all 256 codes.
    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg)) func ffmpegDecodesTheSame() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("codes.ulaw", Array(0...255))
        try scratch.ffmpeg(["-f", "mulaw", "-ar", "8000", "-ac", "1", "-i", scratch.file("codes.ulaw"), scratch.file("codes.wav")])
        #expect(try AudioFile.read(path: scratch.file("codes.wav"), sampleRate: 8000) == MuLaw.decoded)
    }
}
