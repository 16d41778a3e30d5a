import CStimmungKernels

/// Matrix products on the calling thread.
///
/// The package divides a batch over threads itself: a team of threads inside every small product would spend its time waiting. Every element
/// is one sum in the order of the operands' common dimension, so that the bits depend neither on threads nor on the number of rows.
package enum Product {
    /// Columns and rows of the right operand that are packed at a time: 128 kB, which stay in the second-level cache.
    private static let block = (columns: 128, rows: 256)

    /// c = scale · a · b, or c += scale · a · b, with a `m × k`, b `k × n` and c `m × n`. Does nothing if m, n or k is 0.
    package static func multiply(_ a: MatrixView, _ b: MatrixView, scale: Float = 1, accumulates: Bool = false, into c: MutableMatrixView) {
        let (m, n, k) = (c.rows, c.columns, a.columns)
        precondition(a.rows == m && b.rows == k && b.columns == n, "\(a.rows) × \(k) by \(b.rows) × \(b.columns) is not \(m) × \(n)")
        guard m > 0, n > 0, k > 0 else { return }
        let depth = min(k, block.rows)
        // The packed blocks of b, and of a if its rows are not contiguous. Bounds: whole panels of `depth` rows each.
        let (right, left) = (depth * panels(min(n, block.columns)), a.isTransposed ? depth * panels(m) : 0)
        withUnsafeTemporaryAllocation(byteCount: (right + left) * MemoryLayout<Float>.stride, alignment: 64) { memory in
            guard let packed = memory.bindMemory(to: Float.self).baseAddress else { return }
            for l in stride(from: 0, to: k, by: depth) {
                let rows = min(depth, k - l)
                if a.isTransposed { ck_pack(rows, m, a.pointer + l * a.steps.column, a.steps.column, a.steps.row, rows, packed + right) }
                for j in stride(from: 0, to: n, by: block.columns) {
                    let columns = min(block.columns, n - j)
                    ck_pack(rows, columns, b.pointer + l * b.steps.row + j * b.steps.column, b.steps.row, b.steps.column, rows, packed)
                    if scale != 1 { ck_scale(rows * panels(columns), scale, packed) }
                    let (adds, own) = (accumulates || l > 0, c.pointer + j)
                    if a.isTransposed {
                        multiply(
                            packedColumns: packed + right, packed, depth: rows, accumulates: adds,
                            into: MutableMatrixView(own, rows: m, columns: columns, stride: c.stride))
                    } else {
                        ck_product(m, columns, rows, a.pointer + l, a.stride, 1, packed, adds ? own : nil, c.stride, own, c.stride)
                    }
                }
            }
        }
    }

    /// c = aᵀ · b, or c += aᵀ · b, of operands that are both packed by `ck_pack`.
    ///
    /// - Parameter depth: rows of a and of b.
    static func multiply(
        packedColumns a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, depth: Int, accumulates: Bool, into c: MutableMatrixView
    ) {
        for r in stride(from: 0, to: c.rows, by: CK_PANEL) {
            let own = c.pointer + r * c.stride
            ck_product(
                min(CK_PANEL, c.rows - r), c.columns, depth, a + r * depth, 1, CK_PANEL, b, accumulates ? own : nil, c.stride, own, c.stride
            )
        }
    }

    /// The number of columns in whole panels.
    static func panels(_ columns: Int) -> Int { (columns + CK_PANEL - 1) / CK_PANEL * CK_PANEL }
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
