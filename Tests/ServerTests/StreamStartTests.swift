import StimmungServer
import Testing

@Suite struct StreamStartTests {
    @Test("A start has defaults")
    func defaults() throws {
        let start = try StreamStart(message: #"{"encoding": "f32le", "rate": 48000}"#)
        #expect(start.encoding == .f32le && start.rate == 48_000 && start.channels == 1 && start.interval == 0.25)
        #expect(start.voice == nil && start.source == nil && start.model == nil && start.enrol == nil && start.token == nil)
        #expect(try StreamStart(message: #"{"encoding": "s16le", "rate": 8000, "interval": 0}"#).interval == nil)
    }

    @Test(
        "What is not a start is refused, with the reason",
        arguments: [
            ("", "JSON"), ("[]", "another type"), ("{}", "encoding is missing"), (#"{"encoding": "mp3", "rate": 8000}"#, "s16le, f32le"),
            (#"{"encoding": "s16le"}"#, "rate is missing"), (#"{"encoding": "s16le", "rate": "fast"}"#, "rate has another type"),
            (#"{"encoding": "s16le", "rate": 999}"#, "1000 to 1000000"),
            (#"{"encoding": "s16le", "rate": 8000, "channels": 0}"#, "1 to 64"),
            (#"{"encoding": "s16le", "rate": 8000, "interval": 0.01}"#, "interval"),
            (#"{"encoding": "s16le", "rate": 8000, "reject": 2}"#, "reject"),
            (#"{"encoding": "s16le", "rate": 8000, "enrol": "../x"}"#, "enrol"),
            (#"{"encoding": "s16le", "rate": 8000, "voise": "a"}"#, "voise"),
        ])
    func malformed(_ message: String, _ word: String) {
        #expect { try StreamStart(message: message) } throws: { "\($0)".contains(word) }
    }
}
