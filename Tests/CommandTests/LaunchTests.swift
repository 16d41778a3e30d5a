import StimmungProcesses
import StimmungTestSupport
import Testing

/// How the program recognises that it is one of several processes.
struct LaunchTests {
    @Test(arguments: [
        (["OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4"], 2, 4), (["PMI_RANK": "1", "PMI_SIZE": "2"], 1, 2),
        (["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "3"], 0, 3), ([:], 0, 1), (["OMPI_COMM_WORLD_RANK": "0"], 0, 1),
        (["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"], 0, 1), (["PMI_RANK": "5", "PMI_SIZE": "2"], 0, 1),
        (["PMI_RANK": "x", "PMI_SIZE": "2"], 0, 1),
    ])
    func launchersAreRecognised(environment: [String: String], rank: Int, count: Int) {
        let launch = Launch(environment: environment)
        #expect(launch.rank == rank && launch.count == count)
    }

    @Test func aProcessByItselfJoinsNobody() throws {
        let processes = try Launch(environment: [:]).join()
        #expect(processes.count == 1 && processes.rank == 0 && processes.meet(within: .zero))
    }

    /// The launcher of another MPI starts processes that do not see each other.
    @Test func theLauncherAndMPIMustAgree() throws {
        let launch = Launch(environment: ["PMI_RANK": "1", "PMI_SIZE": "4"])
        try launch.check(rank: 1, count: 4)
        let error = #expect(throws: LaunchError.self) { try launch.check(rank: 0, count: 1) }
        #expect(error == .mismatch(started: 4, seen: 1))
        #expect(error?.description.hasPrefix("4 processes were started, but MPI sees 1: use the mpirun") == true)
    }

    /// A shell of a job passes its variables on, and no process leads one that has joined nobody.
    @Test(arguments: [0, 1]) func aProcessThatHasJoinedNobodyReports(rank: Int) throws {
        let folder = try TemporaryFolder()
        var settings = Program.Settings()
        settings.environment = ["PMI_RANK": "\(rank)", "PMI_SIZE": "2"]
        let version = try Program.run(["--version"], in: folder, settings)
        #expect(version.status == 0 && !version.output.isEmpty, "\(version)")
        let help = try Program.run(["predict", "--help"], in: folder, settings)
        #expect(help.status == 0 && help.output.contains("USAGE"), "\(help)")
        let wrong = try Program.run(["predict", "--window", "0", "a.wav"], in: folder, settings)
        #expect(wrong.status == 2 && wrong.errors.contains("--window"), "\(wrong)")
        let other = try Program.run(["inspect", "model"], in: folder, settings)
        #expect(other.status == 1 && other.errors.contains("this command runs in one"), "\(other)")
    }

    #if !MPI
    /// Each process would do all the work, and they would write the same files.
    @Test(arguments: [0, 1]) func severalProcessesNeedMPI(rank: Int) throws {
        let folder = try TemporaryFolder()
        var settings = Program.Settings()
        settings.environment = ["OMPI_COMM_WORLD_RANK": "\(rank)", "OMPI_COMM_WORLD_SIZE": "2"]
        let run = try Program.run(["predict", "call.wav"], in: folder, settings)
        #expect(run.status == 1 && run.errors.contains("built without MPI"), "\(run)")
    }
    #endif
}
