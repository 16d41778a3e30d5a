import CStimmungKernels

/// A matrix packed once for many products, such as the weights of a recurrent layer: the right operand of one product per time step.
///
/// It is stored in panels of 16 columns (`ck_pack`).
package final class PackedOperand {
    private let memory = WorkingMemory()
    package private(set) var rows = 0
    package private(set) var columns = 0

    /// What is packed, if it is known not to have changed.
    private var source:
        (parameters: ArraySlice<Float>, address: UnsafePointer<Float>?, start: UnsafePointer<Float>, steps: (row: Int, column: Int))?

    package init() {}

    /// Packs the matrix b, which is part of `parameters`, unless this operand is that of the last call. Streams call this for every chunk;
    /// packing an LSTM of 56 cells takes ten times as long as its products for one frame (AMD EPYC, Zen 4, 2026-11-26).
    package func set(_ b: MatrixView, from parameters: ArraySlice<Float>) {
        // The array is retained, so that a write to it makes a copy: equal addresses mean equal values.
        let address = parameters.withUnsafeBufferPointer(\.baseAddress)
        if let source, source.start == b.pointer, source.address == address, source.parameters.count == parameters.count,
            source.steps == b.steps, (rows, columns) == (b.rows, b.columns)
        {
            return
        }
        set(b)
        source = (parameters, address, b.pointer, b.steps)
    }

    /// Packs the matrix scale · b.
    package func set(_ b: MatrixView, scale: Float = 1) {
        reserve(rows: b.rows, columns: b.columns)
        set(b, at: 0)
        if scale != 1 { ck_scale(rows * Product.panels(columns), scale, memory.pointer) }
    }

    /// Sets the matrix to one that a kernel computes and packs: a pass through memory less.
    package func set(rows: Int, columns: Int, _ kernel: (UnsafeMutablePointer<Float>) -> Void) {
        reserve(rows: rows, columns: columns)
        kernel(memory.pointer)
    }

    /// Makes room for a matrix that is packed in parts.
    package func reserve(rows: Int, columns: Int) {
        source = nil
        self.rows = rows
        self.columns = columns
        memory.reserve(rows * (columns + CK_PANEL - 1))
    }

    /// Packs rows of the matrix, `part` from row `first` on.
    package func set(_ part: MatrixView, at first: Int) {
        precondition(part.columns == columns && first + part.rows <= rows, "rows outside the operand")
        ck_pack(part.rows, columns, part.pointer, part.steps.row, part.steps.column, rows, memory.pointer + first * CK_PANEL)
    }

    /// c = a · self, or c += a · self.
    ///
    /// - Parameters:
    ///   - a: m × rows.
    ///   - c: m × columns.
    package func multiply(_ a: MatrixView, accumulates: Bool = false, into c: MutableMatrixView) {
        multiply(a, startingAt: accumulates ? UnsafePointer(c.pointer) : nil, stride: c.stride, into: c)
    }

    /// c = a · self + start.
    ///
    /// - Parameter start: m × columns, not transposed.
    package func multiply(_ a: MatrixView, addedTo start: MatrixView, into c: MutableMatrixView) {
        precondition(start.rows == c.rows && start.columns == columns && !start.isTransposed, "a summand of another shape")
        multiply(a, startingAt: start.pointer, stride: start.stride, into: c)
    }

    /// c = a · self + bias in every row.
    ///
    /// - Parameter bias: `columns` values.
    package func multiply(_ a: MatrixView, bias: UnsafePointer<Float>, into c: MutableMatrixView) {
        multiply(a, startingAt: bias, stride: 0, into: c)
    }

    private func multiply(_ a: MatrixView, startingAt start: UnsafePointer<Float>?, stride: Int, into c: MutableMatrixView) {
        precondition(a.rows == c.rows && a.columns == rows && c.columns == columns, "operand shapes do not match")
        guard c.rows > 0, rows > 0, columns > 0 else { return }
        ck_product(c.rows, columns, rows, a.pointer, a.steps.row, a.steps.column, memory.pointer, start, stride, c.pointer, c.stride)
    }

    /// c += selfᵀ · b: the gradient of a weight matrix from the gradients of the outputs (self) and the inputs (b), one row per frame.
    ///
    /// - Parameters:
    ///   - b: a matrix with as many rows as self.
    ///   - c: self.columns × b.columns values.
    package func addTransposedProduct(with b: PackedOperand, to c: UnsafeMutablePointer<Float>) {
        precondition(rows == b.rows, "\(rows) rows and \(b.rows)")
        guard rows > 0, columns > 0, b.columns > 0 else { return }
        Product.multiply(
            packedColumns: memory.pointer, b.memory.pointer, depth: rows, accumulates: true,
            into: MutableMatrixView(c, rows: columns, columns: b.columns))
    }
}
