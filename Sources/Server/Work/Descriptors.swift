import Foundation
import StimmungSupport

/// How many connections the descriptors of this process allow.
enum Descriptors {
    /// Of the process itself, of each processor's event loop, and of each thread that decodes.
    private static let (own, perProcessor, perThread) = (32, 4, 8)
    /// The socket, and the recording that arrives on it.
    private static let perConnection = 2
    private static let fewest = 8

    /// Raises the process's limit as far as it may.
    ///
    /// - Returns: the new limit.
    static func raiseLimit() -> Int {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return Int(FOPEN_MAX) }
        let soft = limits.rlim_cur
        limits.rlim_cur = limits.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) != 0 { limits.rlim_cur = soft }
        return Int(clamping: limits.rlim_cur)
    }

    /// The largest number of connections at a time.
    static func connections(limit: Int, threads: Int) -> Int {
        max(fewest, (limit - own - perProcessor * Workers.processors - perThread * threads) / perConnection)
    }
}
