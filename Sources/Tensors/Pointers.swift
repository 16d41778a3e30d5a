/// Memory in one piece that a kernel can point into: an array or a slice of one.
package protocol ContiguousFloats {
    func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R
    mutating func withUnsafeMutableBufferPointer<R>(_ body: (inout UnsafeMutableBufferPointer<Float>) throws -> R) rethrows -> R
}

extension Array: ContiguousFloats where Element == Float {}
extension ArraySlice: ContiguousFloats where Element == Float {}

/// Calls a kernel with pointers to an array that it reads and one that it writes; neither may be empty.
package func withPointers(
    reading a: some ContiguousFloats, writing c: inout some ContiguousFloats,
    _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
) {
    withPointers(reading: a, a, writing: &c) { a, _, c in kernel(a, c) }
}

/// Calls a kernel with pointers to two arrays that it reads and one that it writes; none may be empty.
package func withPointers(
    reading a: some ContiguousFloats, _ b: some ContiguousFloats, writing c: inout some ContiguousFloats,
    _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
) {
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            c.withUnsafeMutableBufferPointer { c in
                guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
                    preconditionFailure("a kernel got an empty array")
                }
                kernel(a, b, c)
            }
        }
    }
}

/// Calls a kernel with pointers to two arrays that it reads; neither may be empty.
package func withPointers(
    reading a: some ContiguousFloats, _ b: some ContiguousFloats, _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>) -> Void
) {
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            guard let a = a.baseAddress, let b = b.baseAddress else { preconditionFailure("a kernel got an empty array") }
            kernel(a, b)
        }
    }
}

/// Working memory of a kernel: numbers in one piece that stay where they are until the next `reserve`.
///
/// Activations that a layer keeps between its forward and its backward pass live here: a class, since they belong to one
/// worker and are never copied, and a bare pointer, since only kernels look inside.
package final class WorkingMemory {
    /// The first of `count` numbers.
    package private(set) var pointer: UnsafeMutablePointer<Float>
    package private(set) var count: Int

    package init() {
        pointer = UnsafeMutablePointer.allocate(capacity: 1)
        count = 0
    }

    deinit { pointer.deallocate() }

    /// Makes room for `wanted` numbers. The content is lost if the memory has to grow, and kept otherwise.
    package func reserve(_ wanted: Int) {
        guard wanted > count else { return }
        pointer.deallocate()
        // An eighth more than asked for, since the next batch is often a little longer.
        count = wanted + wanted / 8
        pointer = UnsafeMutablePointer.allocate(capacity: count)
        pointer.initialize(repeating: 0, count: count)
    }

    /// Makes room for `wanted` numbers and sets them to 0.
    package func clear(_ wanted: Int) {
        reserve(wanted)
        pointer.update(repeating: 0, count: wanted)
    }
}
