import CStimmungKernels

/// A matrix packed once for many products, such as the weights of a recurrent layer: the right operand of one product per time step.
///
/// On processors with AVX2 but without AVX-512, it is stored in panels of 16 columns for this package's own kernel, elsewhere row by row
/// for oneDNN. `dnnl_sgemm` packs its operands in every call: on an AVX2 processor (AMD Zen 3, one core) it reached 21–60 GFLOP/s with the
/// 8 to 32 rows of a time step and 24 for a weight gradient; the kernel reached 64–71 and 78 in the same run. With AVX-512, oneDNN is
/// faster.
package final class PackedOperand {
    private let memory = WorkingMemory()
    package private(set) var rows = 0
    package private(set) var columns = 0

    /// Whether this package's own kernel is the faster one on this processor.
    package static let prefersPanels = ck_has_product() != 0

    private let usesPanels: Bool
    /// What is packed, if it is known not to have changed.
    private var source:
        (parameters: ArraySlice<Float>, address: UnsafePointer<Float>?, start: UnsafePointer<Float>, steps: (row: Int, column: Int))?

    /// - Parameter usesPanels: false uses oneDNN on any processor; true requires AVX2 and FMA.
    package init(usesPanels: Bool = PackedOperand.prefersPanels) {
        self.usesPanels = usesPanels
    }

    private static let panel = 16

    /// Distance in values from one panel to the next, and from one row to the next within a panel.
    private var layout: (panel: Int, row: Int) { usesPanels ? (Self.panel * rows, Self.panel) : (Self.panel, columns) }

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

    /// Packs the matrix b.
    package func set(_ b: MatrixView) {
        source = nil
        rows = b.rows
        columns = b.columns
        memory.reserve(rows * (columns + Self.panel))
        let step = b.steps
        guard !usesPanels else {
            ck_pack(rows, columns, b.pointer, step.row, step.column, memory.pointer)
            return
        }
        for row in 0..<rows {
            for column in 0..<columns { memory.pointer[row * columns + column] = b.pointer[row * step.row + column * step.column] }
        }
    }

    private var view: MatrixView { MatrixView(memory.pointer, rows: rows, columns: columns) }

    /// c = a · self, or c += a · self.
    ///
    /// - Parameters:
    ///   - a: m × rows, not transposed.
    ///   - c: m × columns.
    package func multiply(_ a: MatrixView, accumulates: Bool = false, into c: MutableMatrixView) {
        let m = c.rows
        precondition(a.rows == m && a.columns == rows && c.columns == columns && !a.isTransposed, "operand shapes do not match")
        guard m > 0, rows > 0, columns > 0 else { return }
        if usesPanels {
            ck_product(
                m, columns, rows, a.pointer, a.stride, 1, memory.pointer, layout.panel, layout.row, accumulates ? 1 : 0, c.pointer, c.stride
            )
        } else {
            Product.multiply(a, view, beta: accumulates ? 1 : 0, into: c)
        }
    }

    /// c += selfᵀ · b: the gradient of a weight matrix from the gradients of the outputs (self) and the inputs (b), one row per frame.
    ///
    /// - Parameters:
    ///   - b: a matrix with as many rows as self.
    ///   - c: self.columns × b.columns values.
    package func addTransposedProduct(with b: PackedOperand, to c: UnsafeMutablePointer<Float>) {
        precondition(rows == b.rows, "\(rows) rows and \(b.rows)")
        guard usesPanels else {
            Product.multiply(view.transposed, b.view, beta: 1, into: MutableMatrixView(c, rows: columns, columns: b.columns))
            return
        }
        for first in Swift.stride(from: 0, to: columns, by: Self.panel) {
            ck_product(
                min(Self.panel, columns - first), b.columns, rows, memory.pointer + first * rows, 1, Self.panel,
                b.memory.pointer, b.layout.panel, b.layout.row, 1, c + first * b.columns, b.columns)
        }
    }
}
