import Foundation
import StimmungFeatures
import StimmungTensors
import StimmungTestSupport
import Testing

/// The high-pass and the floor that follows the level.
struct CausalLevelTests {
    private static let levelled: [FeatureKind] = [.mfcc, .fbank, .energy, .pitch, .quality, .tilt]

    private func options(_ kinds: [FeatureKind]) -> FeatureOptions {
        var options = FeatureOptions(kinds: kinds)
        (options.highPass, options.relativeFloor) = (70, true)
        return options
    }

    /// Syllables between stretches of soft noise, the first of them at the start.
    private let speech: [Float] = {
        let voice = KnownVoice.pulses({ 150 + 60 * sin(5 * $0) }, count: 40_000, highest: 3000)
        let hiss = KnownVoice.noise(count: 40_000, amplitude: 0.0003)
        return voice.indices.map { 0.5 * voice[$0] * Float(max(0, sin(14 * Double($0) / 16_000) - 0.2)) + hiss[$0] }
    }()

    @Test(arguments: levelled, [Float(0.1), 10]) func aGainOnlyMovesLogEnergies(kind: FeatureKind, gain: Float) throws {
        var options = options([kind])
        options.deltas = 0
        let plain = try extract(samples: speech, options: options)
        let louder = try extract(samples: speech.map { gain * $0 }, options: options)
        let factors = kind == .mfcc ? [Float(options.melBands).squareRoot()] : kind == .fbank ? [Float](repeating: 1, count: 40) : [1]
        for row in 0..<plain.rows {
            for column in 0..<plain.columns {
                let moves = [.mfcc, .fbank, .energy].contains(kind) && column < factors.count
                let expected = plain[row, column] + (moves ? factors[column] * 2 * log(gain) : 0)
                #expect(abs(louder[row, column] - expected) < 2e-3 * max(1, abs(expected)), "frame \(row), column \(column)")
            }
        }
    }

    @Test(arguments: [Float(0.1), 10]) func aGainDoesNotMoveFunctionals(gain: Float) throws {
        var options = options(Self.levelled)
        options.functionals = FunctionalsOptions()
        let plain = try extract(samples: speech, options: options)
        let louder = try extract(samples: speech.map { gain * $0 }, options: options)
        for (index, name) in options.columnNames.enumerated() where !name.hasSuffix("crossings") {
            let (a, b) = (plain[0, index], louder[0, index])
            #expect(abs(a - b) < 5e-3 * max(1, abs(a)), "\(name): \(a), \(b)")
        }
    }

    @Test(arguments: [Float(0.005), 0.02, 0.1, -0.5]) func anOffsetDoesNotMoveFunctionals(offset: Float) throws {
        var options = options(FunctionalsOptions.kinds)
        options.functionals = FunctionalsOptions()
        let plain = try extract(samples: speech, options: options)
        let moved = try extract(samples: speech.map { $0 + offset }, options: options)
        for (index, name) in options.columnNames.enumerated() where !name.hasSuffix("crossings") {
            let (a, b) = (plain[0, index], moved[0, index])
            #expect(abs(a - b) < 2e-2 * max(1, abs(a)), "\(name): \(a), \(b)")
        }
    }

    @Test func noLaterSampleChangesAFrame() throws {
        let options = options([.mfcc, .energy])
        let frames = try extract(samples: Array(speech[..<16_000]), options: options)
        let more = try extract(samples: Array(speech[..<16_000]) + speech.map { 3 * $0 }, options: options)
        let complete = frames.rows - options.lookAhead
        #expect(more.rows(0..<complete) == frames.rows(0..<complete))
    }

    @Test(arguments: [1, 160, 12_345]) func chunksDoNotChangeABit(chunk: Int) throws {
        let options = options(FeatureKind.allCases)
        var extractor = try FrontEnd(options).makeExtractor()
        var frames = Matrix(rows: 0, columns: extractor.width)
        // Twice, because the second recording must not know the first.
        for _ in 0..<2 {
            frames.resize(rows: 0)
            for start in stride(from: 0, to: speech.count, by: chunk) {
                try extractor.push(Array(speech[start..<min(start + chunk, speech.count)]), into: &frames)
            }
            extractor.finish(into: &frames)
        }
        #expect(try frames == extract(samples: speech, options: options))
    }

    /// A click of one sample, 10 dB louder than the loudest sample of the speech after it.
    @Test func aClickBeforeSpeechDoesNotHideIt() throws {
        let options = options([.energy, .fbank])
        var clicked = [Float](repeating: 0, count: 8000) + speech
        let plain = try extract(samples: clicked, options: options)
        clicked[4000] = 3 * speech.reduce(0) { max($0, abs($1)) }
        let frames = try extract(samples: clicked, options: options)
        let loudest = (0..<plain.rows).reduce(-Float.infinity) { max($0, plain[$1, 0]) }
        let loud = (60..<plain.rows).filter { plain[$0, 0] > loudest - 30 / 10 * log(10) }
        let changed = loud.filter { frame in (0...40).contains { abs(plain[frame, $0] - frames[frame, $0]) > 0.2 } }
        #expect(loud.count > 50 && changed.count * 10 < loud.count, "\(changed.count) of \(loud.count)")
    }

    @Test func afterALoudNoiseTheFloorFallsAgain() throws {
        var options = FeatureOptions(kinds: [.energy], deltas: 0)
        options.relativeFloor = true
        let noise = KnownVoice.noise(count: 16_000, amplitude: 0.5)
        let frames = try extract(samples: noise + [Float](repeating: 0, count: 21 * 16_000), options: options)
        let (floor, later) = (frames[110, 0], frames[2110, 0])
        #expect(abs(floor - later - 2 * log(2)) < 1e-3)
        let loudest = (0..<98).reduce(-Float.infinity) { max($0, frames[$1, 0]) }
        #expect(abs(floor - loudest - log(1e-6)) < 0.2)
    }

    @Test func digitalSilenceGivesFiniteFeatures() throws {
        let options = options(FeatureKind.allCases)
        let frames = try extract(samples: [Float](repeating: 0, count: 16_000) + speech, options: options)
        let isFinite = frames.elements.allSatisfy(\.isFinite)
        #expect(isFinite)
    }

    @Test func aConstantIsSilentWithAHighPass() throws {
        #expect(throws: FeatureError.silent(file: nil)) {
            try extract(samples: [Float](repeating: 0.25, count: 8000), options: options([.mfcc]))
        }
        #expect(try extract(samples: [Float](repeating: 0.25, count: 8000)).rows > 0)
    }
}
