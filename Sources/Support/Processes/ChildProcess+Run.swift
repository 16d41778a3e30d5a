import Dispatch

extension ChildProcess {
    /// How a program ended, and the output it left.
    package struct Outcome: Sendable {
        package let ending: Ending
        /// The beginning of its standard output, up to 64 KiB.
        package let output: String
        /// The end of its standard error, up to 4 KiB.
        package let errorText: String
    }

    private static let outputLimit = 1 << 16

    /// Reads the output to its end and waits for the program.
    ///
    /// - Throws: `Failure`, all but `notStarted`.
    package func outcome() throws(Failure) -> Outcome {
        var output: [UInt8] = []
        while case let bytes = try read(), !bytes.isEmpty {
            output += bytes.prefix(Self.outputLimit - output.count)
        }
        let ending = try finish()
        return Outcome(ending: ending, output: String(decoding: output, as: UTF8.self), errorText: errorText)
    }

    /// Runs a program to its end without blocking the task: a thread of the system waits for it. Cancelling the task kills it.
    ///
    /// - Parameters:
    ///   - executable: its path, absolute if `folder` is given.
    ///   - arguments: those after its name.
    ///   - folder: its working folder; `nil` for ours.
    ///   - timeLimit: seconds after which it is killed.
    /// - Throws: `Failure`; `cancelled` if the task is.
    package static func run(
        executable: String, arguments: [String], folder: String? = nil, timeLimit: Double
    ) async throws(Failure) -> Outcome {
        let cancellation = Cancellation()
        let result: Result<Outcome, Failure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(
                        returning: Result { () throws(Failure) in
                            let limits = Limits(total: timeLimit, cancellation: cancellation)
                            return try ChildProcess(executable: executable, arguments: arguments, folder: folder, limits: limits).outcome()
                        })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }
}
