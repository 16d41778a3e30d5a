import CStimmungKernels
import CStimmungOneDNN

/// Matrix products by oneDNN's `dnnl_sgemm`, on the calling thread alone.
///
/// The package divides its work over threads itself, a part of a batch for each: a team of threads inside every small product would
/// spend its time waiting. A product of given shapes gives the same bits whatever runs beside it.
package enum Product {
    /// c = alpha · a · b + beta · c, with a of `m × k`, b of `k × n`, c of `m × n`; does nothing where one of them is 0.
    package static func multiply(_ a: MatrixView, _ b: MatrixView, alpha: Float = 1, beta: Float = 0, into c: MutableMatrixView) {
        let (m, n, k) = (c.rows, c.columns, a.columns)
        precondition(a.rows == m && b.rows == k && b.columns == n, "\(a.rows) × \(k) by \(b.rows) × \(b.columns) is not \(m) × \(n)")
        guard m > 0, n > 0, k > 0 else { return }
        ck_use_one_thread_per_product()
        let status = dnnl_sgemm(
            character(a.isTransposed), character(b.isTransposed), dnnl_dim_t(m), dnnl_dim_t(n), dnnl_dim_t(k), alpha,
            a.pointer, dnnl_dim_t(a.stride), b.pointer, dnnl_dim_t(b.stride), beta, c.pointer, dnnl_dim_t(c.stride))
        precondition(status == dnnl_success, "dnnl_sgemm refused a product of \(m) × \(k) by \(k) × \(n)")
    }

    private static func character(_ transposed: Bool) -> CChar {
        CChar(UInt8(ascii: transposed ? "T" : "N"))
    }
}
