#if Server
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Reads the recordings of a request as they arrive: a raw body is one, `multipart/form-data` has one or more parts named `audio`.
struct Upload {
    let service: Service

    /// - Parameter several: whether there may be more than one.
    /// - Throws: `Problem`.
    func read(_ request: Request, several: Bool = false) async throws -> [UploadedAudio] {
        defer { service.memory.used() }
        let limit = service.limits.body
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw Problem.tooLarge(limit: limit) }
        // A recording that would not be accepted need not be received.
        if service.pool.isFull { throw Problem.busy(retryAfter: service.pool.retryAfter) }
        let type = request.headers[.contentType] ?? ""
        var reading = Reading(budget: service.budget, several: several)
        if type.lowercased().drop(while: { $0 == " " }).hasPrefix("multipart/") {
            guard let boundary = MultipartParser.boundary(of: type) else {
                throw Problem(
                    .badRequest, "request.multipart", "A multipart body must be form-data, and its Content-Type must have a boundary.")
            }
            reading.parser = MultipartParser(boundary: boundary)
        } else {
            try reading.begin(name: nil)
        }
        var received = 0
        do {
            for try await buffer in request.body {
                received += buffer.readableBytes
                if received > limit { throw Problem.tooLarge(limit: limit) }
                try reading.take(buffer)
            }
        } catch RequestFailure.slowBody {
            throw Problem(
                .requestTimeout, "request.slow-body",
                "The body came too slowly, or did not arrive within \(Int(service.limits.bodyTime)) s.")
        } catch let error where error is RequestFailure || error is HTTPParserError {
            throw Problem(.badRequest, "request.malformed", "The body ends early, or is not valid HTTP.")
        }
        return try reading.finish()
    }

    private struct Reading {
        let budget: UploadBudget
        let several: Bool
        var parser: MultipartParser?
        var files: [UploadedAudio] = []

        mutating func begin(name: String?) throws { files.append(try UploadedAudio(name: name, budget: budget)) }

        mutating func take(_ buffer: ByteBuffer) throws {
            guard parser != nil else { return try buffer.withUnsafeReadableBytes { try files[0].append($0) } }
            // Taken out, so that the events can change `self`.
            var parser = parser.take()
            defer { self.parser = parser }
            try parser?.push(buffer.readableBytesView) { event in
                switch event {
                case .part(let part):
                    guard part.name == "audio" else {
                        throw Problem(.badRequest, "request.unknown-part", "The only part of the form is audio; options are query items.")
                    }
                    guard several || files.isEmpty else {
                        throw Problem(.badRequest, "request.several-parts", "This address takes one recording, and the form has several.")
                    }
                    try begin(name: part.filename.flatMap { $0.isEmpty ? nil : $0 })
                case .bytes(let bytes): try bytes.withUnsafeBytes { try files[files.count - 1].append($0) }
                }
            }
        }

        func finish() throws -> [UploadedAudio] {
            try parser?.finish()
            guard !files.isEmpty else { throw Problem(.badRequest, "request.no-audio", "The form has no part named audio.") }
            return files
        }
    }
}

/// Why a body ends early.
package enum RequestFailure: Error {
    /// It took too long, or came too slowly.
    case slowBody
    /// It is not valid HTTP.
    case malformed
}
#endif
