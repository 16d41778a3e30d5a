/// A dense matrix of single-precision numbers in row-major order.
///
/// Frames are rows throughout this package: the features of an utterance are `T × D` (T frames of D values), the hidden activations of a
/// batch are `rows × units`.
///
///     var x = Matrix(rows: 2, columns: 3)
///     x[0, 1] = 4
///     x.row(0)        // [0, 4, 0]
///
/// Storage is one array with element `(r, c)` at `r × columns + c`. Copies share it until one is modified.
public struct Matrix: Sendable, Equatable {
    /// Number of rows.
    public private(set) var rows: Int
    /// Number of columns.
    public let columns: Int
    // Deliberately without `didSet`: an observer that checks the count would make every write copy the whole matrix.
    /// All elements, row by row. Elements may be changed; their count must remain `rows × columns`.
    public var elements: [Float]

    /// A matrix whose elements all equal `value`.
    public init(rows: Int, columns: Int, repeating value: Float = 0) {
        self.init(rows: rows, columns: columns, elements: [Float](repeating: value, count: rows * columns))
    }

    /// A matrix of the given elements, row by row; their count must be `rows × columns`.
    public init(rows: Int, columns: Int, elements: [Float]) {
        precondition(rows >= 0 && columns >= 0 && elements.count == rows * columns, "\(elements.count) elements for \(rows) × \(columns)")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// The element at a row and a column, both counted from 0.
    public subscript(row: Int, column: Int) -> Float {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// The elements of one row.
    public func row(_ index: Int) -> ArraySlice<Float> {
        elements[index * columns..<(index + 1) * columns]
    }

    /// A copy of the rows in `range`.
    public func rows(_ range: Range<Int>) -> Matrix {
        Matrix(rows: range.count, columns: columns, elements: Array(elements[range.lowerBound * columns..<range.upperBound * columns]))
    }

    /// Appends the rows of `other`, which must have the same number of columns.
    package mutating func append(rows other: Matrix) {
        precondition(other.columns == columns, "\(other.columns) columns appended to \(columns)")
        append(rows: other.elements)
    }

    /// Appends whole rows, given as their elements; the count must be a multiple of `columns`.
    package mutating func append(rows more: some Collection<Float>) {
        precondition(columns > 0 && more.count % columns == 0, "\(more.count) elements are not whole rows of \(columns)")
        rows += more.count / columns
        elements.append(contentsOf: more)
    }

    /// Reserves capacity for `count` rows in total, so that appending up to `count` rows does not reallocate.
    package mutating func reserve(rows count: Int) {
        elements.reserveCapacity(count * columns)
    }

    /// Changes the number of rows: new rows are zero, surplus rows are dropped. Capacity is kept.
    package mutating func resize(rows count: Int) {
        guard count != rows else { return }
        let wanted = count * columns
        rows = count
        if wanted > elements.count {
            // From an array: values of `repeatElement` are appended one by one. Capacity for small steps must grow geometrically.
            if wanted > 2 * elements.count { elements.reserveCapacity(wanted) }
            while elements.count < wanted { elements.append(contentsOf: Self.zeros.prefix(wanted - elements.count)) }
        } else {
            elements.removeLast(elements.count - wanted)
        }
    }

    private static let zeros = [Float](repeating: 0, count: 4096)

    /// Copies the elements of `other`, which must have the same number of columns, into the existing storage.
    ///
    /// Assignment would share the storage, and the next write would allocate.
    package mutating func copy(_ other: Matrix) {
        precondition(other.columns == columns, "\(other.columns) columns copied to \(columns)")
        rows = other.rows
        elements.removeAll(keepingCapacity: true)
        elements.append(contentsOf: other.elements)
    }
}
