import CStimmungKernels
import CStimmungOneDNN

/// Matrix products by oneDNN's `dnnl_sgemm`, on the calling thread only.
///
/// The package divides a batch over threads itself: a team of threads inside every small product would spend its time waiting. A product of
/// given shapes has the same bits regardless of concurrent work.
package enum Product {
    /// c = alpha · a · b + beta · c, with a `m × k`, b `k × n` and c `m × n`. Does nothing if m, n or k is 0.
    package static func multiply(_ a: MatrixView, _ b: MatrixView, alpha: Float = 1, beta: Float = 0, into c: MutableMatrixView) {
        let (m, n, k) = (c.rows, c.columns, a.columns)
        precondition(a.rows == m && b.rows == k && b.columns == n, "\(a.rows) × \(k) by \(b.rows) × \(b.columns) is not \(m) × \(n)")
        guard m > 0, n > 0, k > 0 else { return }
        ck_use_one_thread_per_product()
        let status = dnnl_sgemm(
            character(a.isTransposed), character(b.isTransposed), dnnl_dim_t(m), dnnl_dim_t(n), dnnl_dim_t(k), alpha,
            a.pointer, dnnl_dim_t(a.stride), b.pointer, dnnl_dim_t(b.stride), beta, c.pointer, dnnl_dim_t(c.stride))
        precondition(status == dnnl_success, "dnnl_sgemm failed on a product of \(m) × \(k) by \(k) × \(n)")
    }

    private static func character(_ transposed: Bool) -> CChar {
        CChar(UInt8(ascii: transposed ? "T" : "N"))
    }
}

/// A non-owning view of a matrix stored row by row: an operand of a product.
///
/// `pointer` must be valid for `(rows − 1) · stride + columns` values while the view is used. Transposing changes only the view.
package struct MatrixView {
    package let pointer: UnsafePointer<Float>
    package let rows: Int
    package let columns: Int
    /// Distance in values from one row in memory to the next; in a transposed view, from one column to the next.
    package let stride: Int
    /// Whether the columns of the view are the rows in memory.
    package let isTransposed: Bool

    /// - Parameter stride: nil for rows without gaps.
    package init(_ pointer: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
        self.init(pointer, rows: rows, columns: columns, stride: stride ?? columns, isTransposed: false)
    }

    private init(_ pointer: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int, isTransposed: Bool) {
        self.pointer = pointer
        self.rows = rows
        self.columns = columns
        self.stride = stride
        self.isTransposed = isTransposed
    }

    /// The transpose, `columns × rows`.
    package var transposed: MatrixView {
        MatrixView(pointer, rows: columns, columns: rows, stride: stride, isTransposed: !isTransposed)
    }

    /// Distance in values from one row of the view to the next, and from one column to the next.
    var steps: (row: Int, column: Int) { isTransposed ? (1, stride) : (stride, 1) }
}

/// A non-owning view of a matrix stored row by row: the result of a product.
///
/// `pointer` must be valid for `(rows − 1) · stride + columns` values while the view is used.
package struct MutableMatrixView {
    package let pointer: UnsafeMutablePointer<Float>
    package let rows: Int
    package let columns: Int
    /// Distance in values from one row to the next.
    package let stride: Int

    /// - Parameter stride: nil for rows without gaps.
    package init(_ pointer: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
        self.pointer = pointer
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
    }
}
