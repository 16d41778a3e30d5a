import Foundation
import StimmungSupport

/// How this process was started: by itself, or as one of several by `mpirun`.
package struct Launch: Sendable {
    /// The number of this process, from 0.
    package let rank: Int
    /// The number of processes.
    package let count: Int

    /// Variables that a launcher sets: those of Open MPI, of launchers with the protocol PMI, and of Slurm's own launcher.
    private static let variables = [
        ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"), ("PMIX_RANK", "SLURM_STEP_NUM_TASKS"),
    ]

    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let found = Self.variables.lazy.compactMap { rank, count -> (Int, Int)? in
            guard let rank = environment[rank].flatMap({ Int($0) }), let count = environment[count].flatMap({ Int($0) }) else { return nil }
            return (rank, count)
        }
        let (rank, count) = found.first ?? (0, 1)
        let isValid = count > 1 && (0..<count).contains(rank)
        self.rank = isValid ? rank : 0
        self.count = isValid ? count : 1
    }

    /// Joins the other processes; a process by itself if there are none.
    ///
    /// Called by the main thread, once, and after signals are blocked: MPI starts threads.
    ///
    /// - Throws: `LaunchError`
    package func join() throws(LaunchError) -> any JoinedProcesses {
        guard count > 1 else { return SingleProcess() }
        #if MPI
        let processes = try MPIProcesses()
        // The launcher of another MPI makes a world of one from each process.
        try check(rank: processes.rank, count: processes.count)
        return processes
        #else
        throw .withoutMPI(processes: count)
        #endif
    }
}

extension Launch {
    /// Compares the launcher's numbers with those of MPI.
    ///
    /// - Throws: `LaunchError.mismatch`
    package func check(rank: Int, count: Int) throws(LaunchError) {
        if rank != self.rank || count != self.count { throw .mismatch(started: self.count, seen: count) }
    }
}

/// Processes that started together and end together.
package protocol JoinedProcesses: ProcessGroup {
    /// Collective: waits until all processes are at their end.
    ///
    /// - Parameter limit: how long to wait; nil for ever.
    /// - Returns: false if they were not in time; `abort` is then the only end.
    func meet(within limit: Duration?) -> Bool

    /// Ends the connection, after `meet`. No other function may be called afterwards.
    func leave()

    /// Ends all processes at once.
    func abort(status: Int32) -> Never
}

extension SingleProcess: JoinedProcesses {
    package func meet(within limit: Duration?) -> Bool { true }
    package func leave() {}
    package func abort(status: Int32) -> Never { exit(status) }
}

/// Why the processes cannot work together.
package enum LaunchError: StimmungError, Equatable {
    /// The program was built without MPI.
    case withoutMPI(processes: Int)
    /// MPI refused to start.
    case mpi(function: String, status: Int)
    /// MPI does not see the processes that the launcher started.
    case mismatch(started: Int, seen: Int)

    package var code: String {
        switch self {
        case .withoutMPI: "processes.without-mpi"
        case .mpi: "processes.mpi"
        case .mismatch: "processes.mismatch"
        }
    }

    package var description: String {
        switch self {
        case .withoutMPI(let processes):
            "\(processes) processes were started together, but this program was built without MPI, so each would do all the work. "
                + "Build it with \"--traits MPI\", or start one process."
        case .mpi(let function, let status): "MPI cannot be used: \(function) failed with status \(status)."
        case .mismatch(let started, let seen):
            "\(started) processes were started, but MPI sees \(seen): use the mpirun of the MPI that this program was built with."
        }
    }
}
