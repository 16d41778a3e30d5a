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
/// number of threads. All gradients of several parts are computed here. Distributed training over several processes would change this type
/// only: `map` would run the parts of one process, and `sum` would add the parts of all processes in the same order.
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
    /// - Throws: the error of the lowest-numbered part that fails.
    package func map<Result: Sendable, Failure: Error>(
        _ count: Int, _ work: @Sendable (Part, Int) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        let parts = parts
        return try workers.map(count) { (number) throws(Failure) in try work(parts[number], number) }
    }

    /// Sets `total` to the sum of the first `count` parts' gradients, added in order.
    package func sum(_ count: Int, into total: inout [Float]) {
        total.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        for part in parts[..<count] { part.addGradient(to: &total) }
    }
}

extension DataParallel where Part: ContiguousGradientPart {
    /// The sum of the first `count` parts' gradients over a range of the parameters, added in order in the memory of the first part.
    ///
    /// For updates that process the parameters in segments that fit in the cache; segments may be summed in parallel.
    ///
    /// - Returns: a pointer to `range.count` values, valid until the parts run again.
    package func sumInPlace(_ count: Int, _ range: Range<Int>) -> UnsafeMutablePointer<Float> {
        let total = parts[0].gradient.pointer + range.lowerBound
        for part in parts[1..<count] { ck_add_column_sums(1, range.count, part.gradient.pointer + range.lowerBound, total) }
        return total
    }
}
