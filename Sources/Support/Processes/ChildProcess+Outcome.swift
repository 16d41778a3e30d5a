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

    /// Reads the output to its end and waits for the program, whose output should be short: only its beginning is kept.
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
}
