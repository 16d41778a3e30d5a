import Foundation
import StimmungAudio
import StimmungSupport

/// The first message of a session: what the audio is, and what is asked for.
package struct StreamStart: Decodable, Sendable, Equatable {
    /// Sample formats.
    package enum Encoding: String, Choice {
        case s16le, f32le
    }

    package var encoding: Encoding
    package var rate: Int
    package var channels = 1
    package var voice: String?
    package var source: String?
    package var model: String?
    /// Seconds between posteriors; nil for none.
    package var interval: Double? = 0.25
    /// The least confidence of a decision that is not rejected.
    package var reject: Double?
    /// Name for the voice that is learnt from the session.
    package var enrol: String?
    package var token: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case encoding, rate, channels, voice, source, model, interval, reject, enrol, token
    }

    /// Why the message is not a start; the description is a sentence.
    package struct Malformed: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        encoding = try keys.decode(Encoding.self, forKey: .encoding)
        rate = try keys.decode(Int.self, forKey: .rate)
        try keys.update(&channels, forKey: .channels)
        voice = try keys.decodeIfPresent(String.self, forKey: .voice)
        source = try keys.decodeIfPresent(String.self, forKey: .source)
        model = try keys.decodeIfPresent(String.self, forKey: .model)
        if let given = try keys.decodeIfPresent(Double.self, forKey: .interval) { interval = given == 0 ? nil : given }
        reject = try keys.decodeIfPresent(Double.self, forKey: .reject)
        enrol = try keys.decodeIfPresent(String.self, forKey: .enrol)
        token = try keys.decodeIfPresent(String.self, forKey: .token)
    }

    /// Reads the message and checks every value.
    package init(message: String) throws(Malformed) {
        do { self = try JSONDecoder().decode(StreamStart.self, from: Data(message.utf8)) } catch let error as DecodingError {
            throw Malformed(description: "The first message is not a valid start: \(Self.words(for: error)).")
        } catch { throw Malformed(description: "The first message is not JSON.") }
        func check(_ isValid: Bool, _ sentence: String) throws(Malformed) { if !isValid { throw Malformed(description: sentence) } }
        try check((1000...1_000_000).contains(rate), "rate must be 1000 to 1000000 samples per second.")
        try check((1...64).contains(channels), "channels must be 1 to 64.")
        try check(interval.map { (0.05...60).contains($0) } ?? true, "interval must be 0, or 0.05 to 60 seconds.")
        try check(reject.map { (0...1).contains($0) } ?? true, "reject must be 0 to 1.")
        try check(enrol.map(VoiceStore.isName) ?? true, "enrol must be the name of a voice: 1 to 64 of A-Z a-z 0-9 . _ -, no dot first.")
    }

    var layout: SampleLayout { SampleLayout(encoding == .f32le ? .float32 : .integer16, rate: rate, channels: channels) }

    private static func words(for error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.last?.stringValue ?? "the message") has another type than it must have"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty && context.underlyingError != nil
                ? "it is not JSON" : (context.codingPath.map { $0.stringValue + " " }.joined() + context.debugDescription)
        @unknown default: "it cannot be read"
        }
    }
}
