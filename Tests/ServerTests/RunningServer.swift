#if Server
import Foundation
import StimmungTestSupport
import Testing

/// `stimmung serve` as a process, built beside these tests (or the program that STIMMUNG_PROGRAM names), on a port that the system chooses.
final class RunningServer {
    static let program =
        ProcessInfo.processInfo.environment["STIMMUNG_PROGRAM"]
        ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("stimmung").path

    let port: UInt16
    private let process = Process()
    private let folder: TemporaryFolder
    private let log: String

    /// Starts it, and waits until it listens.
    ///
    /// - Parameters:
    ///   - path: folder of programs that come before others.
    ///   - descriptors: the most that it may have; nil for the system's limit.
    init(
        _ arguments: [String] = [], path: String? = nil, descriptors: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        folder = try TemporaryFolder()
        log = folder.file("log")
        try Data().write(to: URL(filePath: log))
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let limit = descriptors.map { "ulimit -n \($0); " } ?? ""
        process.arguments = ["-c", limit + "exec \"$0\" \"$@\"", Self.program, "serve", "--port", "0", "--threads", "2"] + arguments
        var variables = ProcessInfo.processInfo.environment
        variables["STIMMUNG_MODEL"] = nil
        if let path { variables["PATH"] = "\(path):\(variables["PATH"] ?? "/usr/bin:/bin")" }
        process.environment = variables
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try process.run()
        let deadline = Date() + 300
        var found: UInt16?
        while found == nil, Date() < deadline, process.isRunning {
            usleep(5000)
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if let match = text.firstMatch(of: #/Listening on http://[^/]*:(\d+)//#) { found = UInt16(match.1) }
        }
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        port = try #require(found, "the server does not listen: \(text)", sourceLocation: sourceLocation)
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var isRunning: Bool { process.isRunning }
    var identifier: pid_t { process.processIdentifier }

    /// What it has written to standard error.
    var logText: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end, at most `seconds`.
    ///
    /// - Returns: the exit status; nil if it has not ended, or a signal ended it.
    func wait(seconds: Double = 300) -> Int32? {
        let deadline = Date() + seconds
        while process.isRunning, Date() < deadline { usleep(5000) }
        return process.isRunning || process.terminationReason == .uncaughtSignal ? nil : process.terminationStatus
    }

    /// Waits until the condition holds.
    ///
    /// - Returns: whether it did in time.
    static func wait(seconds: Double = 60, until condition: () throws -> Bool) rethrows -> Bool {
        let deadline = Date() + seconds
        while Date() < deadline {
            if try condition() { return true }
            usleep(10_000)
        }
        return false
    }

    /// A request on a connection of its own.
    func request(
        _ method: String, _ path: String, headers: [String: String] = [:], body: Data = Data(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> HTTPResponse {
        let connection = try RawConnection(port: port)
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n"
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        // A response may come before the body has been sent.
        try? connection.send(Data(head.utf8) + Data("\r\n".utf8) + body)
        return try #require(HTTPResponse(connection.readToEnd()), "no response to \(method) \(path)", sourceLocation: sourceLocation)
    }

    /// A form with a file.
    static func form(_ parts: [(name: String, filename: String?, content: Data)], boundary: String = "b0undary") -> (
        type: String, body: Data
    ) {
        var body = Data()
        for part in parts {
            let file = part.filename.map { "; filename=\"\($0)\"" } ?? ""
            body +=
                Data("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n".utf8) + part.content
                + Data("\r\n".utf8)
        }
        return ("multipart/form-data; boundary=\(boundary)", body + Data("--\(boundary)--\r\n".utf8))
    }

    /// Posts a form.
    func post(
        _ path: String, _ parts: [(name: String, filename: String?, content: Data)], headers: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> HTTPResponse {
        let (type, body) = Self.form(parts)
        return try request(
            "POST", path, headers: headers.merging(["Content-Type": type]) { $1 }, body: body, sourceLocation: sourceLocation)
    }
}

/// A response, read from the bytes of a connection.
struct HTTPResponse {
    let status: Int
    /// By name in lower case.
    let headers: [String: String]
    let body: Data
    /// What follows the response on its connection.
    let rest: Data

    var text: String { String(decoding: body, as: UTF8.self) }

    /// Nil if the bytes do not begin with a complete response. Interim responses are skipped.
    init?(_ bytes: Data) {
        var bytes = bytes
        let interim = Data("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        if bytes.starts(with: interim) { bytes = Data(bytes.dropFirst(interim.count)) }
        guard let end = bytes.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        guard lines[0].hasPrefix("HTTP/1.1 "), let status = Int(lines[0].dropFirst(9).prefix(3)) else { return nil }
        let after = Data(bytes[end.upperBound...])
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? (status == 204 || status == 101 ? 0 : after.count)
        guard after.count >= length else { return nil }
        (self.status, self.headers, body, rest) = (status, headers, Data(after.prefix(length)), Data(after.dropFirst(length)))
    }

    func json() throws -> [String: Any] { try JSONSerialization.jsonObject(with: body) as? [String: Any] ?? [:] }

    /// The code of a problem; nil if the response is not one.
    var code: String? { headers["content-type"] == "application/problem+json" ? (try? json()["code"] as? String) ?? nil : nil }
}
#endif
