/// A matrix in memory that belongs to someone else, row by row: what a product reads.
///
/// `pointer` must be valid for `(rows − 1) · stride + columns` numbers for as long as the view is used. Transposing changes only the view.
package struct MatrixView {
    package let pointer: UnsafePointer<Float>
    package let rows: Int
    package let columns: Int
    /// Numbers from one row in memory to the next; of a transposed view, from one column to the next.
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

    /// Numbers from one row of the view to the next, and from one column to the next.
    var steps: (row: Int, column: Int) { isTransposed ? (1, stride) : (stride, 1) }
}

/// A matrix in memory that belongs to someone else, row by row: what a product writes.
///
/// `pointer` must be valid for `(rows − 1) · stride + columns` numbers for as long as the view is used.
package struct MutableMatrixView {
    package let pointer: UnsafeMutablePointer<Float>
    package let rows: Int
    package let columns: Int
    /// Numbers from one row to the next.
    package let stride: Int

    /// - Parameter stride: nil for rows without gaps.
    package init(_ pointer: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
        self.pointer = pointer
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
    }
}
