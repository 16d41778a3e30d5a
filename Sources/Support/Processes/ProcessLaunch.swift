import CStimmungSpawn
import Foundation

/// Starts a program by `posix_spawn`, with standard input from `/dev/null`, both outputs to open descriptors, and no other descriptor.
struct ProcessLaunch {
    let executable: String
    /// The arguments after the program's name.
    let arguments: [String]
    let environment: [String: String]
    /// The working folder; `nil` for that of this process.
    let folder: String?
    let output: Int32
    let errors: Int32

    /// Seconds of processor time and bytes of address space, which the system enforces, also when this process has been killed: a program that
    /// waits for no output of its own would otherwise never end.
    private static let limits = [(RLIMIT_CPU, 3600), (RLIMIT_AS, 8 << 30)]

    /// The identifier of the new process, or `nil` and the error number.
    func start() -> (pid_t?, Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        // Connections of a server would otherwise stay open as long as the child lives (swift-nio accepts them without close-on-exec).
        stimmung_add_closing_from(&actions, STDERR_FILENO + 1)
        if let folder {
            let number = folder.withPath { posix_spawn_file_actions_addchdir_np(&actions, $0) }
            if number != 0 { return (nil, number) }
        }
        // The child must not inherit an ignored SIGPIPE, as in servers: it has to end when nobody reads its output.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var standard = sigset_t()
        sigemptyset(&standard)
        // A terminal sends Ctrl-C to the child too. This program ends the child itself: otherwise a child that ends first would look like
        // a failure.
        var interruptions = standard
        sigaddset(&interruptions, SIGINT)
        sigaddset(&interruptions, SIGTERM)
        posix_spawnattr_setsigmask(&attributes, &interruptions)
        sigaddset(&standard, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &standard)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var process: pid_t = 0
        let number = Self.withCStrings([executable] + arguments) { argv in
            Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
                executable.withPath { posix_spawn(&process, $0, &actions, &attributes, argv, envp) }
            }
        }
        if number != 0 { return (nil, number) }
        for (resource, most) in Self.limits {
            var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most))
            prlimit(process, Int32(resource.rawValue), &limit, nil)
        }
        return (process, 0)
    }

    /// Calls `body` with the strings in the form of `argv`: terminated by a null pointer, valid during the call.
    private static func withCStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
        let copies = strings.map { $0.withPath { strdup($0) } }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}
