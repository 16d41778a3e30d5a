import Foundation

extension ProcessGroup {
    /// Whether this process prints and writes shared files.
    package var leads: Bool { rank == 0 }

    /// Whether there are other processes.
    package var areSeveral: Bool { count > 1 }

    /// The numbers below `total` that this process works on: every `count`-th, so that neighbours are on different processes.
    package func share(of total: Int) -> [Int] { share(of: total, rank) }

    private func share(of total: Int, _ rank: Int) -> [Int] { Array(stride(from: rank, to: total, by: count)) }

    /// Collective: all values of a sequence, of which each process has those of `share(of:)`.
    ///
    /// - Throws: `ProcessDisagreement` if a process brings another number of values.
    package func interleaved<Value: BitwiseCopyable>(_ own: [Value], of total: Int) throws(ProcessDisagreement) -> [Value] {
        guard areSeveral else { return own }
        let all = gather(own.withUnsafeBytes { Array($0) })
        try check(all) { share(of: total, $0).count * MemoryLayout<Value>.stride }
        return (0..<total).map { number in
            all[number % count].withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: number / count * MemoryLayout<Value>.stride, as: Value.self)
            }
        }
    }

    /// Collective: the same for arrays of bytes; nil for what its process does not have.
    package func interleaved(_ own: [[UInt8]?], of total: Int) throws(ProcessDisagreement) -> [[UInt8]?] {
        guard areSeveral else { return own }
        let sizes = try interleaved(own.map { $0?.count ?? -1 }, of: total)
        let all = gather(own.flatMap { $0 ?? [] })
        try check(all) { share(of: total, $0).reduce(0) { $0 + max(0, sizes[$1]) } }
        var starts = [Int](repeating: 0, count: count)
        return (0..<total).map { number in
            let (size, owner) = (sizes[number], number % count)
            guard size >= 0 else { return nil }
            defer { starts[owner] += size }
            return Array(all[owner][starts[owner]..<starts[owner] + size])
        }
    }

    /// Checks the number of bytes of every process. All processes have the same bytes, so all throw or none.
    private func check(_ all: [[UInt8]], _ size: (_ rank: Int) -> Int) throws(ProcessDisagreement) {
        guard let other = all.indices.first(where: { all[$0].count != size($0) }) else { return }
        throw ProcessDisagreement(subject: "the size of their work", process: other)
    }

    /// Collective: the value of `body`, if every process has one.
    ///
    /// - Throws: the error of `body` if it failed in all processes. Otherwise the same error in all of them: `Cancelled`, or the
    ///   `RemoteFailure` of the lowest-numbered process that failed. A `ProcessDisagreement` at once, since it is one of all processes.
    package func together<Value>(_ body: () throws -> Value) throws -> Value {
        guard areSeveral else { return try body() }
        let result = Result { try body() }
        var own: RemoteFailure?
        if case .failure(let error) = result {
            if error is ProcessDisagreement { throw error }
            own = RemoteFailure(error)
        }
        let failures = gather(own.map { transferred($0) } ?? [])
        guard failures.contains([]), let failure = failures.lazy.compactMap({ try? received(RemoteFailure.self, $0) }).first else {
            return try result.get()
        }
        if failure.code == Cancelled().code { throw Cancelled() }
        throw failure
    }

    /// Collective: the leader's value, in every process.
    package func leadersValue<Value: Codable>(_ value: @autoclosure () throws -> Value) throws -> Value {
        guard areSeveral else { return try value() }
        guard leads else { return try received(Value.self, gather([])[0]) }
        let value = try value()
        _ = gather(transferred(value))
        return value
    }

    /// Collective: checks that all processes have the same text.
    ///
    /// - Parameter subject: what the text is about, such as `the parameters`.
    /// - Throws: `ProcessDisagreement`
    package func agree(on subject: String, _ text: @autoclosure () -> String) throws(ProcessDisagreement) {
        guard areSeveral else { return }
        let all = gather(Array(text().utf8))
        if let other = all.firstIndex(where: { $0 != all[0] }) { throw ProcessDisagreement(subject: subject, process: other) }
    }
}

extension Workers {
    /// Collective: the results of `body` for every number below `count`, in order. Each process computes its share.
    package func share<Result: Sendable & BitwiseCopyable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
        let own = processes.share(of: count)
        let results = map(own.count) { body(own[$0]) }
        return agreed { () throws(ProcessDisagreement) in try processes.interleaved(results, of: count) }
    }

    /// Checks a cancellation. With several processes it is collective, and all of them throw if one is cancelled.
    package func check(_ cancellation: Cancellation) throws(Cancelled) {
        guard processes.areSeveral else { return try cancellation.check() }
        guard processes.gather([cancellation.isCancelled ? 1 : 0]).contains([1]) else { return }
        cancellation.cancel()
        throw Cancelled()
    }
}

/// The result of a collective function within training. The processes have agreed on its data, and thus on the sizes of all parts.
package func agreed<Value>(_ body: () throws(ProcessDisagreement) -> Value) -> Value {
    do { return try body() } catch { preconditionFailure(error.description) }
}

/// A value as bytes for another process of the same program; names of files keep all their bytes.
package func transferred(_ value: some Encodable) -> [UInt8] {
    do { return Array(try JSONEncoder().encode(value)) } catch { preconditionFailure("cannot encode for another process: \(error)") }
}

/// The value that another process made bytes of.
package func received<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
}

extension [Float] {
    /// A hash of the values' bits, as text.
    package var hashText: String { withUnsafeBytes { ContentHash($0).text } }
}

/// Processes computed different results.
package struct ProcessDisagreement: StimmungError, Equatable {
    /// What differs, such as `the parameters`.
    package let subject: String
    /// The number of a process that differs from process 0.
    package let process: Int

    package var code: String { "processes.disagree" }

    package var description: String {
        "Processes 0 and \(process) differ in \(subject). Use nodes with the same kind of processor, the same files and the same program."
    }
}

/// An error of another process.
package struct RemoteFailure: StimmungError, Equatable, Codable {
    package let code: String
    package let description: String
    /// A sentence that the program adds.
    package let remedy: String?

    package init(_ error: any Error, remedy: String? = nil) {
        code = (error as? any StimmungError)?.code ?? ""
        description = "\(error)"
        self.remedy = remedy
    }
}
