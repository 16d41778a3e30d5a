import CStimmungKernels

/// Element-wise functions on whole arrays, vectorised.
package enum Elementwise {
    /// σ(x) = 1 / (1 + e^−x) of every element, in place.
    package static func sigmoid(_ x: inout [Float]) {
        x.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { ck_sigmoid($0.count, base, base) } }
    }

    /// tanh(x) of every element, in place.
    package static func tanh(_ x: inout [Float]) {
        x.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { ck_tanh($0.count, base, base) } }
    }

    /// e^x of every element, in place; beyond ±87 it saturates.
    package static func exponential(_ x: inout [Float]) {
        x.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { ck_exp($0.count, base, base) } }
    }
}
