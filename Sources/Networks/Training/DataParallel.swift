import CStimmungKernels
import StimmungSupport
import StimmungTensors

/// One part of a batch with its own working memory: computes the gradient of its share of the items.
package protocol GradientPart: Sendable {
    /// Adds the part's gradient to `total`, in the order of the parameters.
    func addGradient(to total: inout [Float])
}

/// A part whose gradient is one array in memory.
package protocol ContiguousGradientPart: GradientPart {
    /// At least as many values as there are parameters.
    var gradient: WorkingMemory { get }
}

extension ContiguousGradientPart {
    package func addGradient(to total: inout [Float]) {
        let count = total.count
        precondition(gradient.count >= count, "\(gradient.count) values for a gradient of \(count)")
        total.withUnsafeMutableBufferPointer {
            if let total = $0.baseAddress { ck_add_column_sums(1, count, gradient.pointer, total) }
        }
    }
}

/// Data-parallel gradients: the parts of a batch run in parallel, and their gradients are added in order.
///
///     let count = DataParallel<Part>.count(of: frames, atLeast: 128)
///     let losses = parallel.map(count) { part, number in part.run(DataParallel<Part>.share(number, of: count, in: frames)) }
///     parallel.sum(count, into: &gradient)
///
/// The number and size of the parts depend only on the batch, and the order of the sums is fixed, so results are bit-identical for any
/// number of threads and of processes. With several processes (`Workers.processes`), each runs every n-th part, and all functions are
/// collective: `map` gives every process the results of all parts, and `sum` adds the gradients of all parts in the same order as one process
/// does. For this, each process adds one segment of the parameters over all parts, and the segments are then gathered.
package struct DataParallel<Part: GradientPart>: Sendable {
    package let parts: [Part]
    package let workers: Workers

    /// - Parameter parts: enough for the largest batch.
    package init(_ parts: [Part], workers: Workers) {
        self.parts = parts
        self.workers = workers
    }

    /// The number of parts for a number of items, 1 to 16. Each of several parts has at least `atLeast` items, which keeps the products
    /// large; 16 parts keep as many cores busy.
    package static func count(of items: Int, atLeast: Int) -> Int { max(1, min(16, items / atLeast)) }

    /// The items of one of `count` parts: contiguous ranges whose sizes differ by at most one.
    package static func share(_ part: Int, of count: Int, in items: Int) -> Range<Int> {
        part * items / count..<(part + 1) * items / count
    }

    /// Runs the first `count` parts in parallel.
    ///
    /// - Throws: the error of the lowest-numbered part that fails; other processes do not learn of it.
    package func map<Result: Sendable & BitwiseCopyable, Failure: Error>(
        _ count: Int, _ work: @Sendable (Part, Int) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        let (parts, own) = (parts, workers.processes.share(of: count))
        let results = try workers.map(own.count) { (number) throws(Failure) in try work(parts[own[number]], own[number]) }
        return agreed { () throws(ProcessDisagreement) in try workers.processes.interleaved(results, of: count) }
    }

    /// Sets `total` to the sum of the first `count` parts' gradients, added in order.
    package func sum(_ count: Int, into total: inout [Float]) {
        total.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        guard workers.processes.areSeveral else {
            for part in parts[..<count] { part.addGradient(to: &total) }
            return
        }
        let size = total.count
        let gradients = workers.processes.share(of: count).map { number in
            var gradient = [Float](repeating: 0, count: size)
            parts[number].addGradient(to: &gradient)
            return gradient
        }
        addGradients(count, gradients, to: &total)
    }

    /// Adds the gradients of all parts in order, of which `own` are those of this process.
    fileprivate func addGradients(_ count: Int, _ own: [[Float]], to total: inout [Float]) {
        let processes = workers.processes
        let segments = (0..<processes.count).map { Self.share($0, of: processes.count, in: total.count) }
        let mine = segments[processes.rank]
        let partsOfProcess = (0..<processes.count).map { stride(from: $0, to: count, by: processes.count).map(\.self).count }
        var incoming = [Float](repeating: 0, count: count * mine.count)
        processes.exchange(
            segments.flatMap { segment in own.flatMap { $0[segment] } }, counts: segments.map { $0.count * own.count }, into: &incoming,
            incomingCounts: partsOfProcess.map { $0 * mine.count })
        // The parts of a process follow one another, after those of the processes before it.
        let starts = partsOfProcess.indices.map { partsOfProcess[..<$0].reduce(0, +) }
        total.withUnsafeMutableBufferPointer { total in
            incoming.withUnsafeBufferPointer { incoming in
                guard let total = total.baseAddress, let incoming = incoming.baseAddress else { return }
                for number in 0..<count {
                    let place = starts[number % processes.count] + number / processes.count
                    ck_add_column_sums(1, mine.count, incoming + place * mine.count, total + mine.lowerBound)
                }
            }
        }
        processes.completeSegments(&total, counts: segments.map(\.count))
    }

    /// Values of every part, from the process that runs it.
    package func values(_ value: (Part) -> [Float]) -> [[Float]] {
        let processes = workers.processes
        guard processes.areSeveral else { return parts.map(value) }
        let own = processes.share(of: parts.count).map { number in value(parts[number]).withUnsafeBytes { Array($0) } }
        let all = agreed { () throws(ProcessDisagreement) in try processes.interleaved(own, of: parts.count) }
        return all.map { bytes in
            (bytes ?? []).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        }
    }
}

extension DataParallel where Part: ContiguousGradientPart {
    /// With several processes, puts the sum of the first `count` parts' gradients into the memory of the first part, where `sumInPlace` then
    /// finds it. Does nothing in a process by itself.
    package func shareSum(_ count: Int, of parameters: Int) {
        guard workers.processes.areSeveral else { return }
        let own = workers.processes.share(of: count).map { number in
            Array(UnsafeBufferPointer(start: parts[number].gradient.pointer, count: parameters))
        }
        // Not 0, which would lose the sign of a sum of negative zeros.
        var total = [Float](repeating: -0.0, count: parameters)
        addGradients(count, own, to: &total)
        total.withUnsafeBufferPointer { total in
            guard let base = total.baseAddress else { return }
            parts[0].gradient.pointer.update(from: base, count: parameters)
        }
    }

    /// The sum of the first `count` parts' gradients over a range of the parameters, added in order in the memory of the first part.
    ///
    /// For updates that process the parameters in segments that fit in the cache; segments may be summed in parallel. With several processes,
    /// `shareSum` comes first.
    ///
    /// - Returns: a pointer to `range.count` values, valid until the parts run again.
    package func sumInPlace(_ count: Int, _ range: Range<Int>) -> UnsafeMutablePointer<Float> {
        let total = parts[0].gradient.pointer + range.lowerBound
        guard !workers.processes.areSeveral else { return total }
        for part in parts[1..<count] { ck_add_column_sums(1, range.count, part.gradient.pointer + range.lowerBound, total) }
        return total
    }
}
