import CStimmungKernels
import StimmungSupport
import StimmungTensors

/// One part of a batch with its own working memory: computes the gradient of its share of the items.
package protocol GradientPart: Sendable {
    /// Adds the gradient that the part has computed.
    ///
    /// - Parameter total: in the order of the parameters.
    func addGradient(to total: inout [Float])
}

/// A part whose gradient is one array in memory.
package protocol ContiguousGradientPart: GradientPart {
    /// As many numbers as there are parameters, or more.
    var gradient: WorkingMemory { get }
}

extension ContiguousGradientPart {
    package func addGradient(to total: inout [Float]) {
        let count = total.count
        precondition(gradient.count >= count, "\(gradient.count) numbers of a gradient of \(count)")
        total.withUnsafeMutableBufferPointer {
            if let total = $0.baseAddress { ck_add_column_sums(1, count, gradient.pointer, total) }
        }
    }
}

/// Data-parallel gradients: the parts of a batch run side by side, and their gradients are added in order.
///
///     let count = DataParallel<Part>.count(of: frames, atLeast: 128)
///     let losses = parallel.map(count) { part, number in part.run(DataParallel<Part>.share(number, of: count, in: frames)) }
///     parallel.sum(count, into: &gradient)
///
/// The number of parts and the share of each depend on the batch alone, and the order of the sums is fixed, so that results have the same bits for
/// any number of threads. Every gradient of several parts is computed here. A training that is distributed over several processes has to
/// change this type only: `map` would run a process's own parts, `sum` would add those of all processes in the same order.
package struct DataParallel<Part: GradientPart>: Sendable {
    package let parts: [Part]
    package let workers: Workers

    /// - Parameter parts: enough for the largest batch.
    package init(_ parts: [Part], workers: Workers) {
        self.parts = parts
        self.workers = workers
    }

    /// The number of parts of so many items: at most 16, which keep as many cores busy, each with at least `atLeast` items, which keep products
    /// large; at least one part.
    package static func count(of items: Int, atLeast: Int) -> Int { max(1, min(16, items / atLeast)) }

    /// The items of one of `count` parts, which are contiguous and of equal size up to one.
    package static func share(_ part: Int, of count: Int, in items: Int) -> Range<Int> {
        part * items / count..<(part + 1) * items / count
    }

    /// Runs the first `count` parts side by side.
    ///
    /// - Throws: the error of the part with the lowest number.
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
    /// For updates that work through the parameters segment by segment while a segment is in the cache; segments may be summed side by side.
    ///
    /// - Returns: the first of `range.count` numbers, valid until the parts run again.
    package func sumInPlace(_ count: Int, _ range: Range<Int>) -> UnsafeMutablePointer<Float> {
        let total = parts[0].gradient.pointer + range.lowerBound
        for part in parts[1..<count] { ck_add_column_sums(1, range.count, part.gradient.pointer + range.lowerBound, total) }
        return total
    }
}
