import StimmungSupport

/// The folds of an evaluation, shared by the processes: each takes the next fold when it has finished one.
struct SharedFolds: Sendable {
    let workers: Workers
    /// Trains and tests a fold; calls the function with numbers of epochs.
    let run: @Sendable (_ number: Int, _ report: @escaping @Sendable (Int) -> Void) throws -> FoldTest
    /// Called in the leading process with numbers of epochs of all processes.
    let report: @Sendable (Int) -> Void
    /// Called in the leading process when a fold is finished.
    let keep: @Sendable (_ number: Int, FoldTest) throws -> Void

    /// All folds, in every process.
    ///
    /// - Throws: the error of the lowest-numbered fold that fails, in every process.
    func tests(_ count: Int) throws -> [FoldTest] {
        let processes = workers.processes
        guard processes.leads else {
            follow()
            return try processes.leadersValue(Transferred([FoldTest]())).get()
        }
        let result = Result {
            try SharedWork.map(count, workers) { number in
                let test = try run(number, report)
                try keep(number, test)
                return test
            } remote: { number, bytes in
                let test = try received(Transferred<FoldTest>.self, bytes).get()
                try keep(number, test)
                return test
            } note: {
                report($0.number(at: 0))
            }
        }
        guard processes.areSeveral else { return try result.get() }
        _ = try processes.leadersValue(Transferred(result))
        return try result.get()
    }

    private func follow() {
        SharedWork.follow(workers) { request, note in
            transferred(Transferred(Result { try run(request.number(at: 0)) { note([UInt8](number: $0)) } }))
        }
    }
}

/// A result or an error that another process can read.
private struct Transferred<Value: Codable>: Codable {
    private enum Kind: String, Codable { case cancelled, fold, other }

    private struct Failure: Codable {
        let kind: Kind
        var fold = ""
        var seed: UInt64 = 0
        var cause: RemoteFailure
    }

    private let value: Value?
    private let failure: Failure?

    init(_ value: Value) {
        self.value = value
        failure = nil
    }

    init(_ result: Result<Value, any Error>) {
        switch result {
        case .success(let value):
            self.value = value
            failure = nil
        case .failure(let error):
            value = nil
            failure =
                switch error {
                case is Cancelled: Failure(kind: .cancelled, cause: RemoteFailure(error))
                case let error as FoldFailure:
                    Failure(kind: .fold, fold: error.fold, seed: error.seed, cause: RemoteFailure(error.cause))
                default: Failure(kind: .other, cause: RemoteFailure(error))
                }
        }
    }

    func get() throws -> Value {
        if let value { return value }
        switch failure {
        case let failure? where failure.kind == .fold: throw FoldFailure(fold: failure.fold, seed: failure.seed, cause: failure.cause)
        case let failure? where failure.kind == .other: throw failure.cause
        default: throw Cancelled()
        }
    }
}
