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

    /// Whether the memory holds the matrix, and how often it has been multiplied without.
    private var isPacked = false
    private var uses = 0

    package init() {}

    /// Packs the matrix b, which is part of `parameters`, unless this operand is that of the last call. Streams call this for every chunk;
    /// packing an LSTM of 56 cells takes ten times as long as its products for one frame (AMD EPYC, Zen 4, 2026-11-26).
    package func set(_ b: MatrixView, from parameters: ArraySlice<Float>) {
        if !isSource(b, parameters) || !isPacked { pack(b, from: parameters) }
    }

    /// The same for a product with m rows, unless packing a large matrix takes more time than it saves: for few rows and at its first uses. A
    /// process that recognises one recording saved 1.5 of 25 ms, half of it for pages of memory (AMD EPYC, Zen 4, 2026-11-28).
    ///
    /// - Returns: whether b is packed; if not, it can be multiplied by `Product`, with the same bits.
    package func set(_ b: MatrixView, from parameters: ArraySlice<Float>, forRows m: Int) -> Bool {
        let isKnown = isSource(b, parameters)
        if isKnown, isPacked { return true }
        if m < 16, b.rows * b.columns >= 1 << 16, !isKnown || uses < Self.unpackedUses {
            if !isKnown { remember(b, from: parameters) }
            isPacked = false
            uses += 1
            return false
        }
        pack(b, from: parameters)
        return true
    }

    /// Few rows of a large matrix are multiplied so often without packing it: three times for one short recording.
    private static let unpackedUses = 4

    private func pack(_ b: MatrixView, from parameters: ArraySlice<Float>) {
        set(b, keepsSize: true)
        remember(b, from: parameters)
    }

    private func remember(_ b: MatrixView, from parameters: ArraySlice<Float>) {
        (rows, columns) = (b.rows, b.columns)
        source = (parameters, parameters.withUnsafeBufferPointer(\.baseAddress), b.pointer, b.steps)
        uses = 0
    }

    private func isSource(_ b: MatrixView, _ parameters: ArraySlice<Float>) -> Bool {
        // The array is retained, so that a write to it makes a copy: equal addresses mean equal values.
        guard let source else { return false }
        return source.start == b.pointer && source.address == parameters.withUnsafeBufferPointer(\.baseAddress)
            && source.parameters.count == parameters.count && source.steps == b.steps && (rows, columns) == (b.rows, b.columns)
    }

    /// Packs the matrix b.
    package func set(_ b: MatrixView) { set(b, keepsSize: false) }

    private func set(_ b: MatrixView, keepsSize: Bool) {
        reserve(rows: b.rows, columns: b.columns, keepsSize: keepsSize)
        set(b, at: 0)
    }

    /// Makes room for a matrix that is packed in parts.
    package func reserve(rows: Int, columns: Int) { reserve(rows: rows, columns: columns, keepsSize: false) }

    private func reserve(rows: Int, columns: Int, keepsSize: Bool) {
        source = nil
        isPacked = true
        self.rows = rows
        self.columns = columns
        memory.reserve(rows * Product.panels(columns), keepsSize: keepsSize)
    }

    /// Packs rows of the matrix, `part` from row `first` on.
    package func set(_ part: MatrixView, at first: Int) {
        precondition(part.columns == columns && first + part.rows <= rows, "rows outside the operand")
        ck_pack(part.rows, columns, part.pointer, part.steps.row, part.steps.column, rows, memory.pointer + first * CK_PANEL)
    }

    /// c = a · self, or c += a · self.
    ///
    /// - Parameters:
    ///   - a: m × rows, not transposed.
    ///   - c: m × columns.
    package func multiply(_ a: MatrixView, accumulates: Bool = false, into c: MutableMatrixView) {
        multiply(a, startingAt: accumulates ? UnsafePointer(c.pointer) : nil, stride: c.stride, into: c)
    }

    /// c = a · self + bias in every row.
    ///
    /// - Parameter bias: `columns` values.
    package func multiply(_ a: MatrixView, bias: UnsafePointer<Float>, into c: MutableMatrixView) {
        multiply(a, startingAt: bias, stride: 0, into: c)
    }

    private func multiply(_ a: MatrixView, startingAt start: UnsafePointer<Float>?, stride: Int, into c: MutableMatrixView) {
        precondition(a.rows == c.rows && a.columns == rows && c.columns == columns && !a.isTransposed, "operand shapes do not match")
        precondition(isPacked || rows == 0, "an operand that was not packed")
        guard c.rows > 0, rows > 0, columns > 0 else { return }
        ck_product(c.rows, columns, rows, a.pointer, a.stride, 1, memory.pointer, start, stride, c.pointer, c.stride)
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
