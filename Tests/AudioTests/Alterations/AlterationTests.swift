import Foundation
import StimmungAudio
import Testing

/// What holds for all of them.
struct AlterationTests {
    static let all: [Alteration] =
        [
            .speed(0.9), .speed(1.7), .pitch(semitones: 3), .pitch(semitones: -5), .gain(decibels: 6), .noise(decibels: 10),
            .noise(decibels: 10, colour: .pink), .noise(decibels: 10, colour: .speech), .room(seconds: 0.4), .telephone,
            .part(from: 0, to: 0.7),
        ] + (ffmpegIsThere ? [.codec(kilobits: 32)] : [])

    static func expectedLengths(_ alteration: Alteration, _ count: Int) -> ClosedRange<Int> {
        switch alteration {
        case .speed(let factor):
            let length = Int((Double(count) / factor).rounded())
            return length...length
        // How much of it is speech is looked at elsewhere.
        case .part: return 1...count
        default: return count...count
        }
    }

    @Test(arguments: all) func lengthsAndShortSounds(alteration: Alteration) throws {
        #expect(try alteration.apply(to: [], sampleRate: 16000, seed: 1).isEmpty)
        for count in [1, 2, 100, 4801] {
            for sampleRate in [8000.0, 16000, 44100] {
                let signal = (0..<count).map { 0.5 * Float(cos(0.3 * Double($0))) }
                let altered = try alteration.apply(to: signal, sampleRate: sampleRate, seed: 1)
                #expect(Self.expectedLengths(alteration, count).contains(altered.count), "\(count) at \(sampleRate) Hz")
                #expect(altered.allSatisfy { $0.isFinite })
            }
        }
    }

    @Test(arguments: all) func silenceStaysSilent(alteration: Alteration) throws {
        let altered = try alteration.apply(to: [Float](repeating: 0, count: 3000), sampleRate: 16000, seed: 1)
        // MP3 may add a little of its own.
        #expect(Self.expectedLengths(alteration, 3000).contains(altered.count) && altered.allSatisfy { abs($0) < 1e-4 })
    }

    @Test(arguments: all) func theSameOnEveryThread(alteration: Alteration) throws {
        let signal = Signal.speechLike(seconds: 0.5, sampleRate: 16000, stereo: false).mono
        let expected = try alteration.apply(to: signal, sampleRate: 16000, seed: 5)
        #expect(expected != signal)
        let results = Results<[Float]?>()
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            results.add(try? alteration.apply(to: signal, sampleRate: 16000, seed: 5))
        }
        #expect(results.all.count == 4 && results.all.allSatisfy { $0 == expected })
        let other = try alteration.apply(to: signal, sampleRate: 16000, seed: 6)
        switch alteration {
        case .noise, .room: #expect(other != expected)
        default: #expect(other == expected)
        }
    }

    @Test(arguments: [0.0, 999, 1_000_001, -16000, .nan, .infinity, 1e300]) func absurdRates(sampleRate: Double) {
        for alteration in Self.all {
            let error = #expect(throws: AudioError.self) { try alteration.apply(to: [0.1], sampleRate: sampleRate, seed: 1) }
            guard case .badSampleRate = error else {
                Issue.record("\(alteration): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func chainsAreOneAfterTheOther() throws {
        let signal = Signal.speechLike(seconds: 0.5, sampleRate: 16000, stereo: false).mono
        let noise = Alteration.noise(decibels: 10)
        #expect(try [Alteration]().apply(to: signal, sampleRate: 16000, seed: 3) == signal)
        #expect(try [noise].apply(to: signal, sampleRate: 16000, seed: 3) == noise.apply(to: signal, sampleRate: 16000, seed: 3))
        let line = try Alteration.telephone.apply(to: signal, sampleRate: 16000, seed: 3)
        let chain = try [.telephone, noise].apply(to: signal, sampleRate: 16000, seed: 3)
        #expect(chain != line && difference(chain, line) < 1)
        #expect(try [noise, .telephone].apply(to: signal, sampleRate: 16000, seed: 3) != chain)
        // Noise twice is not the same noise twice.
        let once = zip(try [noise].apply(to: signal, sampleRate: 16000, seed: 3), signal).map { $0 - $1 }
        let twice = zip(try [noise, noise].apply(to: signal, sampleRate: 16000, seed: 3), signal).map { $0 - $1 }
        #expect(correlation(once, twice, lag: 0) < 0.85)
    }

    @Test func gainIsExact() throws {
        let signal: [Float] = [0, 0.25, -0.9, 1]
        let softer = try Alteration.gain(decibels: -20).apply(to: signal, sampleRate: 16000, seed: 1)
        #expect(difference(softer, [0, 0.025, -0.09, 0.1]) < 1e-8)
        // Beyond full scale nothing is lost.
        let louder = try Alteration.gain(decibels: 20).apply(to: signal, sampleRate: 16000, seed: 1)
        #expect(louder == [0, 2.5, -9, 10])
        #expect(try Alteration.gain(decibels: 0).apply(to: signal, sampleRate: 16000, seed: 1) == signal)
    }
}
