#if Server
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungSupport

/// An error as clients see it: `application/problem+json` with a code, and no path or other internal text.
///
/// Source: RFC 9457.
struct Problem: Error {
    var status: HTTPResponse.Status
    /// That of the library's error, or `request.…`.
    var code: String
    /// A sentence.
    var detail: String
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ code: String, _ detail: String, headers: HTTPFields = [:]) {
        (self.status, self.code, self.detail, self.headers) = (status, code, detail, headers)
    }

    var json: String {
        "{\"type\": \"about:blank\", \"title\": \(status.reasonPhrase.jsonQuoted), \"status\": \(status.code), "
            + "\"code\": \(code.jsonQuoted), \"detail\": \(detail.jsonQuoted)}\n"
    }

    static let contentType = "application/problem+json"

    var response: Response {
        var fields = headers
        fields[.contentType] = Self.contentType
        return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(string: json)))
    }
}

extension Problem {
    static func badQuery(_ detail: String) -> Problem { Problem(.badRequest, "request.query", detail) }

    static func badName(_ item: String) -> Problem {
        .badQuery("\(item) must be a name: 1 to 64 of the characters A-Z a-z 0-9 . _ - without a dot first.")
    }

    static func busy(retryAfter: Int) -> Problem {
        Problem(
            .tooManyRequests, "request.busy", "The server has as many recordings as it can hold. Try again in \(retryAfter) s.",
            headers: [.retryAfter: "\(retryAfter)"])
    }

    static func tooLarge(limit: Int) -> Problem {
        Problem(.contentTooLarge, "request.too-large", "The body is larger than \(limit) bytes, the limit of this server.")
    }

    static let unknown = Problem(.internalServerError, "request.internal", "The server failed. Its log has the cause.")

    /// The problem that an error of the library or of the server is for the client; nil for one that the client must not see.
    ///
    /// - Parameter naming: replaces paths in a description.
    init?(_ error: any Error, naming: (String) -> String) {
        switch error {
        case let problem as Problem: self = problem
        case WorkRefusal.full(let seconds): self = .busy(retryAfter: seconds)
        case WorkRefusal.late:
            self.init(
                .serviceUnavailable, "request.late", "The recording was not recognised in time. Send a shorter one, or try again later.",
                headers: [.retryAfter: "10"])
        case WorkRefusal.abandoned:
            // In the log and the metrics, by nginx's convention; hardly anyone reads the response.
            self.init(
                HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request"), "request.abandoned",
                "The client ended the connection, or its side of it, before the answer.")
        case UploadFailure.noRoom, UploadFailure.system(EMFILE), UploadFailure.system(ENFILE), UploadFailure.system(ENOMEM):
            self = .busy(retryAfter: 5)
        case let error as MultipartParser.Malformed: self.init(.badRequest, "request.multipart", error.description)
        case let error as any StimmungError:
            guard let status = HTTPResponse.Status(of: error) else { return nil }
            self.init(status, error.code, error.isOfDecoder ? Self.undecodable : naming(error.description))
        default: return nil
        }
    }

    private static let undecodable = "The recording cannot be decoded. Check that it plays, or convert it to WAV."
}

extension StimmungError {
    /// Whether the description has words of a decoder, which may have more than the recording in them.
    fileprivate var isOfDecoder: Bool {
        switch self as any StimmungError {
        case FeatureError.audio(let error): error.isOfDecoder
        case AudioError.ffmpegFailed, AudioError.ffmpegMissing, AudioError.corrupt: true
        default: false
        }
    }
}

extension HTTPResponse.Status {
    /// The status for an error about a recording or an option; nil for one that is the server's own.
    fileprivate init?(of error: any StimmungError) {
        let status: HTTPResponse.Status? =
            switch error {
            case FeatureError.audio(let error): HTTPResponse.Status(of: error)
            case AudioError.notAudio, AudioError.noAudioStream: .unsupportedMediaType
            case AudioError.emptyFile: .badRequest
            case AudioError.tooLong: .contentTooLarge
            case AudioError.ffmpegMissing: .notImplemented
            case AudioError.noSuchFile, AudioError.notReadable, AudioError.notWritable: nil
            case is AudioError, FeatureError.tooShort, FeatureError.silent, FeatureError.notFinite: .unprocessableContent
            case VoiceError.noSpeech, VoiceError.otherFeatures, VoiceError.notUsable, VoiceError.implausible: .unprocessableContent
            case SourceError.notUsable, SourceError.otherFeatures, SourceError.implausible: .unprocessableContent
            case RecogniserError.option: .badRequest
            case RecogniserError.notFinite, RecogniserError.needsOtherRecordings: .unprocessableContent
            default: nil
            }
        guard let status else { return nil }
        self = status
    }
}
#endif
