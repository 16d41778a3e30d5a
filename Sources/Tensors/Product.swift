import CStimmungKernels
import CStimmungOneDNN

/// Matrix products by oneDNN's `dnnl_sgemm`, on the calling thread alone.
///
/// The package divides its work over threads itself, a part of a batch for each: a team of threads inside every small product would
/// spend its time waiting. A product of given shapes gives the same bits whatever runs beside it.
package enum Product {
    /// c = α · op(a) · op(b) + β · c, with op(a) of `m × k`, op(b) of `k × n`, c of `m × n`, all row by row.
    ///
    /// - Parameters:
    ///   - a: at least `m × k` elements with `aStride` from row to row (`k × m` where transposed).
    ///   - b: at least `k × n` elements with `bStride` from row to row (`n × k` where transposed).
    ///   - c: at least `m × n` elements with `cStride` from row to row.
    package static func multiply(
        m: Int, n: Int, k: Int, alpha: Float = 1,
        _ a: UnsafePointer<Float>, stride aStride: Int, transposedA aTransposed: Bool = false,
        _ b: UnsafePointer<Float>, stride bStride: Int, transposedB bTransposed: Bool = false,
        beta: Float, _ c: UnsafeMutablePointer<Float>, stride cStride: Int
    ) {
        guard m > 0, n > 0, k > 0 else { return }
        ck_use_one_thread_per_product()
        let status = dnnl_sgemm(
            character(aTransposed), character(bTransposed), dnnl_dim_t(m), dnnl_dim_t(n), dnnl_dim_t(k), alpha,
            a, dnnl_dim_t(aStride), b, dnnl_dim_t(bStride), beta, c, dnnl_dim_t(cStride))
        precondition(status == dnnl_success, "dnnl_sgemm refused a product of \(m) × \(k) by \(k) × \(n)")
    }

    private static func character(_ transposed: Bool) -> CChar {
        CChar(UInt8(ascii: transposed ? "T" : "N"))
    }
}

extension Matrix {
    /// The product `self · other`, of `rows × other.columns`.
    package func times(_ other: Matrix) -> Matrix {
        precondition(columns == other.rows, "\(rows) × \(columns) by \(other.rows) × \(other.columns)")
        var result = Matrix(rows: rows, columns: other.columns)
        elements.withUnsafeBufferPointer { a in
            other.elements.withUnsafeBufferPointer { b in
                result.elements.withUnsafeMutableBufferPointer { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    Product.multiply(
                        m: rows, n: other.columns, k: columns, a, stride: columns, b, stride: other.columns, beta: 0, c,
                        stride: other.columns)
                }
            }
        }
        return result
    }
}
