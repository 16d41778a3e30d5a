import Foundation

/// A program that runs beside ours and whose output is read, with guards: no shell, no input, a limit on silence, a limit on
/// what is kept of its error output, and an end with certainty — it is killed and reaped with the last reference.
package final class ChildProcess {
    package enum Failure: Error, Equatable {
        case notStarted(reason: String)
        /// Nothing came for so many seconds.
        case stalled(seconds: Double)
        case notRead(reason: String)
    }

    package enum Ending: Equatable {
        case exited(status: Int32)
        case killed(signal: Int32)
    }

    /// The last lines of what the program wrote to its standard error.
    package var errorText: String { String(decoding: errorBytes, as: UTF8.self) }

    private static let errorLimit = 4096
    private var process: pid_t?
    private var output: Int32
    private var errors: Int32
    private var errorBytes: [UInt8] = []
    private let stallLimit: Double

    /// Starts `executable`, a path, with `arguments` and our environment, changed by `environment`.
    package init(executable: String, arguments: [String], environment changes: [String: String] = [:], stallLimit: Double) throws(Failure) {
        self.stallLimit = stallLimit
        // Socket pairs, as they alone are made close-on-exec in one step here: a child that another thread starts at this moment
        // must not inherit an end and keep it open.
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
        let (started, number) = Self.spawn(
            executable, [executable] + arguments, environment.map { "\($0.key)=\($0.value)" }, output: outputWrite, errors: errorsWrite)
        close(outputWrite)
        close(errorsWrite)
        process = started
        // From here on `deinit` closes what is open.
        if started == nil {
            throw .notStarted(reason: systemReason(number))
        }
    }

    deinit {
        end()
        close(output)
        close(errors)
    }

    /// What is there of the output, waiting for it: up to 64 KiB; nothing at its end.
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

    /// Waits for the end of the program, once its output is over.
    package func finish() throws(Failure) -> Ending {
        while !errorsEnded {
            var waiting = [pollfd(fd: errors, events: Int16(POLLIN), revents: 0)]
            try wait(&waiting)
            try collectErrors()
        }
        // Both of its outputs are closed: a program that does not end now is not waited for.
        return end(grace: stallLimit)
    }

    // MARK: -

    private var errorsEnded = false
    private var ending: Ending?

    private func wait(_ waiting: inout [pollfd]) throws(Failure) {
        let milliseconds = Int32(min(stallLimit * 1000, Double(Int32.max)).rounded(.up))
        while true {
            let ready = poll(&waiting, nfds_t(waiting.count), milliseconds)
            if ready > 0 { return }
            if ready == 0 { throw .stalled(seconds: stallLimit) }
            if errno != EINTR { throw .notRead(reason: systemReason(errno)) }
        }
    }

    /// Takes what is there of the error output and keeps the last of it.
    private func collectErrors() throws(Failure) {
        guard let part = try Self.read(errors, atMost: Self.errorLimit) else { return }
        if part.isEmpty { errorsEnded = true }
        errorBytes = (errorBytes + part).suffix(Self.errorLimit)
    }

    /// What a descriptor that is ready gives; `nil` where a signal came between.
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

    /// Reaps the program; kills it where it has not ended by itself within `grace` seconds.
    @discardableResult
    private func end(grace: Double = 0) -> Ending {
        guard let process else { return ending ?? .exited(status: 0) }
        var status: Int32 = 0
        var reaped = false
        let deadline = ContinuousClock.now + .seconds(grace)
        while !reaped {
            let result = waitpid(process, &status, WNOHANG)
            if result == process || (result < 0 && errno != EINTR) {
                reaped = true
            } else if ContinuousClock.now >= deadline {
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

    /// The end to read from and the end to write to.
    private static func channel() throws(Failure) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw .notStarted(reason: systemReason(errno))
        }
        return (ends[0], ends[1])
    }

    /// The identifier of the new process, or the error number.
    private static func spawn(
        _ executable: String, _ arguments: [String], _ environment: [String], output: Int32, errors: Int32
    ) -> (pid_t?, Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        // A server that ignores SIGPIPE must not pass that on: the child is to end when nobody reads any more.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var standard = sigset_t()
        sigemptyset(&standard)
        posix_spawnattr_setsigmask(&attributes, &standard)
        sigaddset(&standard, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &standard)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var process: pid_t = 0
        let number = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in
                posix_spawn(&process, executable, &actions, &attributes, argv, envp)
            }
        }
        return number == 0 ? (process, 0) : (nil, number)
    }

    /// Calls `body` with the strings as C wants a list of them: ended by a null pointer, valid during the call.
    private static func withCStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}
