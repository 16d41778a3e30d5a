import Foundation

/// A child process whose output is read, with safeguards: no shell, no input, no descriptors of this process, limits on silence and total time,
/// on memory and processor time, and on the error output that is kept. The process is killed and reaped with the last reference.
///
///     let child = try ChildProcess(executable: "/usr/bin/ffmpeg", arguments: ["-version"], limits: .init(silence: 30))
///     while case let bytes = try child.read(), !bytes.isEmpty { … }
///     guard try child.finish() == .exited(status: 0) else { … child.errorText … }
///
/// `outcome()` reads and waits in one call, for programs with short output.
///
/// A child process must be used by one thread at a time. Only the cancellation in its limits may be used from another thread.
package final class ChildProcess {
    package enum Failure: StimmungError, Equatable {
        case notStarted(reason: String)
        /// No output for this many seconds.
        case stalled(seconds: Double)
        /// Still running after this many seconds.
        case outOfTime(seconds: Double)
        case cancelled
        case notRead(reason: String)

        package var code: String {
            switch self {
            case .notStarted: "process.not-started"
            case .stalled: "process.stalled"
            case .outOfTime: "process.out-of-time"
            case .cancelled: "process.cancelled"
            case .notRead: "process.not-read"
            }
        }

        package var description: String { "The program failed: \(reason)." }

        /// The failure as part of a sentence.
        package var reason: String {
            switch self {
            case .notStarted(let reason): "it could not be started (\(reason))"
            case .stalled(let seconds): "no output for \(seconds) seconds, so it was killed"
            case .outOfTime(let seconds): "it took more than \(seconds) seconds, so it was killed"
            case .cancelled: "it was cancelled"
            case .notRead(let reason): "its output could not be read (\(reason))"
            }
        }
    }

    package enum Ending: Equatable, Sendable {
        case exited(status: Int32)
        case killed(signal: Int32)

        package var words: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .killed(let signal): "killed by signal \(signal)"
            }
        }
    }

    /// The limits beyond which a program is killed.
    package struct Limits: Sendable {
        /// The longest time without output, in seconds.
        package var silence: Double
        /// The longest time from start to end, in seconds.
        package var total: Double
        /// Noticed within 50 ms while waiting for the program.
        package var cancellation: Cancellation?

        package init(silence: Double = .infinity, total: Double = .infinity, cancellation: Cancellation? = nil) {
            self.silence = silence
            self.total = total
            self.cancellation = cancellation
        }
    }

    /// The end of the program's standard error, up to 4 KiB.
    package var errorText: String { String(decoding: errorBytes, as: UTF8.self) }

    private static let errorLimit = 4096
    /// Seconds between two checks of the cancellation.
    private static let cancellationInterval = 0.05
    private var process: pid_t?
    private let output: Int32
    private let errors: Int32
    private var errorBytes: [UInt8] = []
    private var errorsEnded = false
    private var ending: Ending?
    private let limits: Limits
    private let begin = ContinuousClock.now

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: the path of the program, absolute if `folder` is given.
    ///   - arguments: the arguments after the program's name.
    ///   - changes: changes to the environment, which is inherited from this process.
    ///   - folder: the working folder; `nil` for that of this process.
    ///   - limits: the limits beyond which the program is killed.
    /// - Throws: `Failure.notStarted` if the program cannot be started.
    package init(
        executable: String, arguments: [String], environment changes: [String: String] = [:], folder: String? = nil, limits: Limits
    ) throws(Failure) {
        self.limits = limits
        // Socket pairs, because only they can be created close-on-exec in one step: a child that another thread starts at the
        // same moment must not inherit an end and keep it open.
        let (outputRead, outputWrite) = try Self.channel()
        let errorsRead: Int32
        let errorsWrite: Int32
        do {
            (errorsRead, errorsWrite) = try Self.channel()
        } catch {
            close(outputRead)
            close(outputWrite)
            throw error
        }
        output = outputRead
        errors = errorsRead
        let environment = ProcessInfo.processInfo.environment.merging(changes) { _, new in new }
        let launch = ProcessLaunch(
            executable: executable, arguments: arguments, environment: environment, folder: folder, output: outputWrite, errors: errorsWrite
        )
        let (started, number) = launch.start()
        close(outputWrite)
        close(errorsWrite)
        process = started
        // From here on, `deinit` closes the descriptors.
        if started == nil {
            throw .notStarted(reason: systemReason(number))
        }
    }

    deinit {
        end()
        close(output)
        close(errors)
    }

    /// Waits for output and returns up to 64 KiB; empty at the end of the output.
    ///
    /// - Throws: `Failure` (not `notStarted`) if a limit is reached, the program is cancelled or its output cannot be read.
    package func read() throws(Failure) -> [UInt8] {
        while true {
            var waiting = [pollfd(fd: output, events: Int16(POLLIN), revents: 0)]
            if !errorsEnded { waiting.append(pollfd(fd: errors, events: Int16(POLLIN), revents: 0)) }
            try wait(&waiting)
            if waiting.count > 1, waiting[1].revents != 0 {
                try collectErrors()
            }
            if waiting[0].revents != 0, let bytes = try Self.read(output, atMost: 1 << 16) {
                return bytes
            }
        }
    }

    /// Waits for the end of the program, after the end of its output.
    ///
    /// - Throws: `Failure` (not `notStarted`) if a limit is reached, the program is cancelled or its output cannot be read.
    package func finish() throws(Failure) -> Ending {
        while !errorsEnded {
            var waiting = [pollfd(fd: errors, events: Int16(POLLIN), revents: 0)]
            try wait(&waiting)
            try collectErrors()
        }
        // Both outputs are closed; a program that does not end within the limits is killed.
        let ending = end(grace: min(limits.silence, limits.total - elapsed))
        if limits.cancellation?.isCancelled == true { throw .cancelled }
        if elapsed >= limits.total { throw .outOfTime(seconds: limits.total) }
        return ending
    }

    // MARK: -

    /// Seconds since the start.
    private var elapsed: Double { (ContinuousClock.now - begin) / .seconds(1) }

    /// Waits until one of the descriptors is ready.
    private func wait(_ waiting: inout [pollfd]) throws(Failure) {
        let silenceBegins = elapsed
        while true {
            if limits.cancellation?.isCancelled == true { throw .cancelled }
            let now = elapsed
            let left = min(silenceBegins + limits.silence, limits.total) - now
            if left <= 0 {
                if now >= limits.total { throw .outOfTime(seconds: limits.total) }
                throw .stalled(seconds: limits.silence)
            }
            let slice = min(left, limits.cancellation == nil ? .infinity : Self.cancellationInterval)
            let ready = poll(&waiting, nfds_t(waiting.count), Int32(min(slice * 1000, Double(Int32.max)).rounded(.up)))
            if ready > 0 { return }
            if ready < 0, errno != EINTR { throw .notRead(reason: systemReason(errno)) }
        }
    }

    /// Reads the available error output and keeps its end.
    private func collectErrors() throws(Failure) {
        guard let part = try Self.read(errors, atMost: Self.errorLimit) else { return }
        if part.isEmpty { errorsEnded = true }
        errorBytes = (errorBytes + part).suffix(Self.errorLimit)
    }

    /// Reads from a descriptor that is ready; `nil` if a signal interrupts the read.
    private static func read(_ descriptor: Int32, atMost limit: Int) throws(Failure) -> [UInt8]? {
        var result = 0
        var number: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            result = Foundation.read(descriptor, buffer.baseAddress, limit)
            number = errno
            filled = max(0, result)
        }
        if result >= 0 { return bytes }
        if number == EINTR { return nil }
        throw .notRead(reason: systemReason(number))
    }

    /// Reaps the program; kills it if it does not end within `grace` seconds or is cancelled.
    @discardableResult
    private func end(grace: Double = 0) -> Ending {
        guard let process else { return ending ?? .exited(status: 0) }
        var status: Int32 = 0
        var reaped = false
        let limit = elapsed + grace
        while !reaped {
            let result = waitpid(process, &status, WNOHANG)
            if result == process || (result < 0 && errno != EINTR) {
                reaped = true
            } else if elapsed >= limit || limits.cancellation?.isCancelled == true {
                kill(process, SIGKILL)
                while waitpid(process, &status, 0) < 0 && errno == EINTR {}
                reaped = true
            } else {
                usleep(500)
            }
        }
        self.process = nil
        let signal = status & 0x7f
        let result: Ending = signal == 0 ? .exited(status: (status >> 8) & 0xff) : .killed(signal: signal)
        ending = result
        return result
    }

    /// The read end and the write end.
    private static func channel() throws(Failure) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw .notStarted(reason: systemReason(errno))
        }
        return (ends[0], ends[1])
    }
}

extension ChildProcess {
    /// How a program ended, and its output.
    package struct Outcome: Sendable {
        package let ending: Ending
        /// The beginning of its standard output, up to 64 KiB.
        package let output: String
        /// The end of its standard error, up to 4 KiB.
        package let errorText: String
    }

    private static let outputLimit = 1 << 16

    /// Reads the output to its end and waits for the program. Only the beginning of the output is kept.
    ///
    /// - Throws: `Failure` (not `notStarted`) if a limit is reached, the program is cancelled or its output cannot be read.
    package func outcome() throws(Failure) -> Outcome {
        var output: [UInt8] = []
        while case let bytes = try read(), !bytes.isEmpty {
            output += bytes.prefix(Self.outputLimit - output.count)
        }
        let ending = try finish()
        return Outcome(ending: ending, output: String(decoding: output, as: UTF8.self), errorText: errorText)
    }
}
