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

    #if !MPI
    /// Each process would do all the work, and they would write the same files.
    @Test func severalProcessesNeedMPI() throws {
        let folder = try TemporaryFolder()
        var settings = Program.Settings()
        settings.environment = ["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "2"]
        let run = try Program.run(["predict", "call.wav"], in: folder, settings)
        #expect(run.status == 1 && run.errors.contains("built without MPI"), "\(run)")
    }
    #endif
}
