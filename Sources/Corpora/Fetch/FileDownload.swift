import Dispatch
import Foundation
import StimmungSupport

/// Downloads a file by the program curl, and resumes where an earlier download stopped.
struct FileDownload {
    static let stage = WorkProgress.Stage("downloading")
    /// Longest download, in seconds.
    private static let limit = 7200.0
    /// Seconds between two reports of progress.
    private static let interval = 0.2

    let address: String
    /// The file to write. A shorter one is completed.
    let path: String
    /// Largest file, in bytes.
    let largest: Int
    /// About how many kilobytes, for progress.
    let kilobytes: Int
    var cancellation: Cancellation?

    /// - Throws: `CorpusFetchError.noCurl` and `.downloadFailed`, `Cancelled`. What was downloaded stays.
    func run(progress: @escaping @Sendable (WorkProgress) -> Void) throws {
        guard let curl = ProgramSearch.find("curl") else { throw CorpusFetchError.noCurl }
        let timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
        timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
        let (path, total, largest) = (path, kilobytes, largest)
        // Cancelled by the user, or when the file exceeds its limit.
        let end = cancellation.map { Cancellation(parent: $0) } ?? Cancellation()
        timer.setEventHandler {
            // curl knows the size of an answer only where the server says it.
            if (FileStatus(path: path)?.size ?? 0) > largest { end.cancel() }
            progress(WorkProgress(Self.stage, min(total - 1, (FileStatus(path: path)?.size ?? 0) / 1000), of: total, detail: "kB"))
        }
        timer.resume()
        defer { timer.cancel() }
        var outcome = try outcome(of: curl, end)
        // 33: the server has no ranges; 36: it cannot resume there; 22 and 416: there is nothing after what is there, so that is another file.
        let isOutdated = outcome.ending == .exited(status: 22) && outcome.errorText.contains("416")
        if outcome.ending == .exited(status: 33) || outcome.ending == .exited(status: 36) || isOutdated {
            Files.remove(path)
            outcome = try self.outcome(of: curl, end)
        }
        guard outcome.ending == .exited(status: 0) else {
            let line = outcome.errorText.split(whereSeparator: \.isNewline).last.map(String.init) ?? outcome.ending.words
            throw CorpusFetchError.downloadFailed(address: address, reason: String(line.trimmingPrefix(#/curl: \([0-9]+\) /#)))
        }
    }

    private func outcome(of curl: String, _ end: Cancellation) throws -> ChildProcess.Outcome {
        // Only the web: curl would also read files and talk to mail servers.
        let arguments = [
            "--proto", "=http,https", "--proto-redir", "=http,https", "--location", "--max-redirs", "5", "--fail", "--silent",
            "--show-error", "--connect-timeout", "30", "--speed-limit", "100", "--speed-time", "60", "--max-filesize", "\(largest)",
            "--continue-at", "-", "--output", path, "--url", address,
        ]
        do throws(ChildProcess.Failure) {
            let limits = ChildProcess.Limits(total: Self.limit, cancellation: end)
            return try ChildProcess(executable: curl, arguments: arguments, limits: limits).outcome()
        } catch {
            if error == .cancelled {
                guard end.isCancelled, cancellation?.isCancelled != true else { throw Cancelled() }
                Files.remove(path)
                throw CorpusFetchError.downloadFailed(address: address, reason: "it is larger than \(largest >> 20) MiB")
            }
            throw CorpusFetchError.downloadFailed(address: address, reason: error.reason)
        }
    }
}
