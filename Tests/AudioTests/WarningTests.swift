import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

struct WarningTests {
    private let warnings: [RecordingWarning] = [
        .longerThanDeclared(declared: 1.9, read: 3.8), .shorterThanDeclared(declared: 2, read: 1), .unreadData(read: 1, there: 2),
        .mixedFormats(first: "16000 Hz", other: "8000 Hz", time: 3), .damaged(reason: "after 1.5 s, lost sync"),
        .oppositePhase(channel: 2, channels: 2),
    ]

    @Test func everyKindHasItsCodeAndFacts() {
        #expect(Set(warnings.map(\.code)) == Set(RecordingWarning.Code.allCases.map(\.rawValue)))
        for warning in warnings {
            #expect(warning.code.hasPrefix("audio."))
            #expect(warning.message.hasSuffix(".") && warning.message.contains(where: \.isNumber))
        }
        #expect(warnings[0].message.contains("1.9 s") && warnings[0].message.contains("3.8 s"))
    }

    @Test func jsonIsACodeAndAMessage() throws {
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(warnings[0])) as? [String: String]
        #expect(json == ["code": warnings[0].code, "message": warnings[0].message])
    }

    /// The reader tells what it knows from the header at once, and the rest at the end.
    @Test func theReaderHasTheWarnings() throws {
        let scratch = try TemporaryFolder()
        let bytes = Wave.pcm16(Signal.speechLike(seconds: 0.2, sampleRate: 16000, stereo: false).mono).bytes
        let reader = try AudioReader(path: scratch.write("cat.wav", bytes + bytes))
        while try !reader.read(maximum: 1000).isEmpty {}
        #expect(reader.warnings.map(\.code) == ["audio.longer-than-declared"])
        #expect(!reader.warnings[0].message.contains("cat.wav"))
        #expect(reader.channelCount == 1)
    }
}
