import Foundation
import StimmungAudio
import Testing

struct AlterationTextTests {
    static let texts: [(String, Alteration)] = [
        ("speed=0.9", .speed(0.9)), ("speed=2", .speed(2)), ("pitch=2", .pitch(semitones: 2)), ("pitch=-0.5", .pitch(semitones: -0.5)),
        ("gain=-20", .gain(decibels: -20)), ("noise=20", .noise(decibels: 20)), ("noise=-5:pink", .noise(decibels: -5, colour: .pink)),
        ("noise=7.25:speech", .noise(decibels: 7.25, colour: .speech)), ("room=0.4", .room(seconds: 0.4)), ("telephone", .telephone),
        ("mp3=32", .codec(kilobits: 32)), ("part=0:0.7", .part(from: 0, to: 0.7)), ("part=0.25:1", .part(from: 0.25, to: 1)),
        ("part=0.07:0.08", .part(from: 0.07, to: 0.08)),
    ]

    @Test(arguments: texts) func thereAndBack(text: String, alteration: Alteration) throws {
        #expect(try Alteration(text) == alteration)
        #expect(alteration.description == text)
        let json = try JSONEncoder().encode([alteration])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(text)\"]")
        #expect(try JSONDecoder().decode([Alteration].self, from: json) == [alteration])
    }

    @Test func otherSpellings() throws {
        #expect(try Alteration("noise=20:white") == .noise(decibels: 20))
        #expect(try Alteration("pitch=+2") == .pitch(semitones: 2))
        #expect(try Alteration("gain=6.0").description == "gain=6")
    }

    @Test func chains() throws {
        let chain: [Alteration] = [.telephone, .noise(decibels: 20), .pitch(semitones: 2)]
        #expect(try [Alteration]("telephone+noise=20+pitch=2") == chain)
        #expect(try [Alteration]("telephone + noise=20 +pitch=+2 ") == chain)
        #expect(try [Alteration](chain.text) == chain)
        #expect(chain.text == "telephone+noise=20+pitch=2")
    }

    @Test(arguments: [
        ("", "telephone"), ("echo=3", "speed=0.5 to speed=2"), ("speed", "speed=0.5 to speed=2"), ("speed=", "speed=0.5 to speed=2"),
        ("speed=0.4", "speed=0.5 to speed=2"), ("speed=fast", "speed=0.5 to speed=2"), ("speed=nan", "speed=0.5 to speed=2"),
        ("Speed=1", "speed=0.5"), ("pitch=13", "pitch=-12 to pitch=12"), ("gain=inf", "gain=-60 to gain=60"),
        ("noise=20:brown", ":white, :pink, :speech"), ("noise=20:", ":white, :pink, :speech"), ("noise=20:pink:pink", ":white"),
        ("noise=101", "noise=-20 to noise=100"), ("room=0", "room=0.05 to room=5"), ("telephone=1", "without a value"),
        ("mp3=7", "mp3=8 to mp3=320"), ("mp3=32.5", "mp3=8 to mp3=320"), ("mp3=99999999999999999999", "mp3=8 to mp3=320"),
        ("part=0.5", "part=0:0.7"), ("part=0.7:0", "part=0:0.7"), ("part=0:1.1", "part=0:0.7"), ("part=nan:1", "part=0:0.7"),
        ("part=0:0.5:1", "part=0:0.7"), ("part=0.5:0.5", "part=0:0.7"),
    ])
    func whatIsNoneSaysWhatIs(text: String, allowed: String) {
        let error = #expect(throws: AudioError.self) { try Alteration(text) }
        #expect(error?.description.contains(allowed) == true, "\(String(describing: error))")
        if !text.isEmpty { #expect(error?.description.contains(text) == true) }
        let chained = #expect(throws: AudioError.self) { try [Alteration]("telephone+\(text)") }
        #expect(chained == error)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Alteration.self, from: JSONEncoder().encode(text)) }
    }

    @Test(arguments: [
        Alteration.speed(.nan), .speed(0.49), .pitch(semitones: .infinity), .gain(decibels: -61), .noise(decibels: .nan), .room(seconds: 6),
        .codec(kilobits: -1), .part(from: 0.5, to: .nan),
    ])
    func valuesAreLookedAtWhenApplied(alteration: Alteration) {
        let error = #expect(throws: AudioError.self) { try alteration.apply(to: [0.1, 0.2], sampleRate: 16000, seed: 1) }
        guard case .badAlteration(alteration.description, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
