import CStimmungKernels

/// A matrix packed once for many products, such as the weights of a recurrent layer: the right operand of one product per time step.
///
/// It is stored in panels of 16 columns (`ck_pack`), in bfloat16 with two rows as one (`ck_pack_bf16`).
package final class PackedOperand {
    private let memory = WorkingMemory()
    package private(set) var rows = 0
    package private(set) var columns = 0
    private var precision = Precision.float32
    /// Left operands, rounded to bfloat16.
    private let rounded = WorkingMemory()

    /// What is packed, if it is known not to have changed.
    private var source:
        (parameters: ArraySlice<Float>, address: UnsafePointer<Float>?, start: UnsafePointer<Float>, steps: (row: Int, column: Int))?

    /// Whether the memory holds the matrix, and how often it has been multiplied without.
    private var isPacked = false
    private var uses = 0

    package init() {}

    /// Packs the matrix b, which is part of `parameters`, unless this operand is that of the last call. Streams call this for every chunk;
    /// packing an LSTM of 56 cells takes ten times as long as its products for one frame (AMD EPYC, Zen 4, 2026-11-26).
    package func set(_ b: MatrixView, from parameters: ArraySlice<Float>, _ precision: Precision = .float32) {
        if !isSource(b, parameters, precision) || !isPacked { pack(b, from: parameters, precision) }
    }

    /// The same for a product with m rows, unless packing a large matrix takes more time than it saves: for few rows and at its first uses. A
    /// process that recognises one recording saved 1.5 of 25 ms, half of it for pages of memory (AMD EPYC, Zen 4, 2026-11-28).
    ///
    /// - Returns: whether b is packed; if not, it can be multiplied by `Product`, with the same bits.
    package func set(_ b: MatrixView, from parameters: ArraySlice<Float>, forRows m: Int, _ precision: Precision = .float32) -> Bool {
        let isKnown = isSource(b, parameters, precision)
        if isKnown, isPacked { return true }
        if precision == .float32, m < 16, b.rows * b.columns >= 1 << 16, !isKnown || uses < Self.unpackedUses {
            if !isKnown { remember(b, from: parameters) }
            (isPacked, self.precision) = (false, precision)
            uses += 1
            return false
        }
        pack(b, from: parameters, precision)
        return true
    }

    /// Few rows of a large matrix are multiplied so often without packing it: three times for one short recording.
    private static let unpackedUses = 4

    private func pack(_ b: MatrixView, from parameters: ArraySlice<Float>, _ precision: Precision) {
        set(b, precision, keepsSize: true)
        remember(b, from: parameters)
    }

    private func remember(_ b: MatrixView, from parameters: ArraySlice<Float>) {
        (rows, columns) = (b.rows, b.columns)
        source = (parameters, parameters.withUnsafeBufferPointer(\.baseAddress), b.pointer, b.steps)
        uses = 0
    }

    private func isSource(_ b: MatrixView, _ parameters: ArraySlice<Float>, _ precision: Precision) -> Bool {
        // The array is retained, so that a write to it makes a copy: equal addresses mean equal values.
        guard let source, precision == self.precision else { return false }
        return source.start == b.pointer && source.address == parameters.withUnsafeBufferPointer(\.baseAddress)
            && source.parameters.count == parameters.count && source.steps == b.steps && (rows, columns) == (b.rows, b.columns)
    }

    /// Packs the matrix b.
    package func set(_ b: MatrixView, _ precision: Precision = .float32) { set(b, precision, keepsSize: false) }

    private func set(_ b: MatrixView, _ precision: Precision, keepsSize: Bool) {
        reserve(rows: b.rows, columns: b.columns, precision, keepsSize: keepsSize)
        set(b, at: 0)
    }

    /// Packs the matrix scale · b.
    package func set(_ b: MatrixView, scale: Float) {
        set(b)
        if scale != 1 { ck_scale(rows * Product.panels(columns), scale, memory.pointer) }
    }

    /// Sets the matrix to one that a kernel computes and packs: a pass through memory less.
    package func set(rows: Int, columns: Int, _ kernel: (UnsafeMutablePointer<Float>) -> Void) {
        reserve(rows: rows, columns: columns)
        kernel(memory.pointer)
    }

    /// Makes room for a matrix that is packed in parts.
    package func reserve(rows: Int, columns: Int, _ precision: Precision = .float32) {
        reserve(rows: rows, columns: columns, precision, keepsSize: false)
    }

    private func reserve(rows: Int, columns: Int, _ precision: Precision, keepsSize: Bool) {
        source = nil
        isPacked = true
        self.rows = rows
        self.columns = columns
        self.precision = precision
        memory.reserve(depth * Product.panels(columns), keepsSize: keepsSize)
    }

    /// Rows of panels.
    private var depth: Int { precision == .float32 ? rows : Self.pairs(rows) }

    /// The number of pairs of bfloat16 for a number of values.
    private static func pairs(_ count: Int) -> Int { (count + 1) / 2 }

    /// Packs rows of the matrix, `part` from row `first` on. Parts must be packed in order.
    package func set(_ part: MatrixView, at first: Int) {
        precondition(part.columns == columns && first + part.rows <= rows, "rows outside the operand")
        let (row, column) = part.steps
        switch precision {
        case .float32: ck_pack(part.rows, columns, part.pointer, row, column, rows, memory.pointer + first * CK_PANEL)
        case .bfloat16: ck_pack_bf16(part.rows, columns, part.pointer, row, column, first, depth, memory.pairs)
        }
    }

    /// c = a · self, or c += a · self.
    ///
    /// - Parameters:
    ///   - a: m × rows; in bfloat16 not transposed.
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
        precondition(isPacked || rows == 0, "an operand that was not packed")
        guard c.rows > 0, rows > 0, columns > 0 else { return }
        switch precision {
        case .float32:
            ck_product(c.rows, columns, rows, a.pointer, a.steps.row, a.steps.column, memory.pointer, start, stride, c.pointer, c.stride)
        case .bfloat16:
            precondition(!a.isTransposed, "rows to be rounded are contiguous")
            rounded.reserve(c.rows * depth)
            ck_round_bf16(c.rows, rows, a.pointer, a.stride, rounded.pairs)
            ck_product_bf16(c.rows, columns, depth, rounded.pairs, depth, 1, memory.pairs, start, stride, c.pointer, c.stride)
        }
    }

    /// c += selfᵀ · b: the gradient of a weight matrix from the gradients of the outputs (self) and the inputs (b), one row per frame.
    ///
    /// - Parameters:
    ///   - b: a matrix with as many rows as self, in the same precision.
    ///   - c: self.columns × b.columns values.
    package func addTransposedProduct(with b: PackedOperand, to c: UnsafeMutablePointer<Float>) {
        precondition(rows == b.rows && precision == b.precision, "\(rows) rows and \(b.rows), \(precision) and \(b.precision)")
        guard rows > 0, columns > 0, b.columns > 0 else { return }
        let c = MutableMatrixView(c, rows: columns, columns: b.columns)
        switch precision {
        case .float32: Product.multiply(packedColumns: memory.pointer, b.memory.pointer, depth: rows, accumulates: true, into: c)
        case .bfloat16:
            for (first, count) in Product.panels(of: columns) {
                let own = c.pointer + first * c.stride
                ck_product_bf16(
                    count, c.columns, depth, memory.pairs + first * depth, 1, CK_PANEL, b.memory.pairs, own, c.stride, own, c.stride)
            }
        }
    }
}

extension WorkingMemory {
    /// The same memory as pairs of bfloat16.
    fileprivate var pairs: UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt32.self)
    }
}
