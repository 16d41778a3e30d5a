import StimmungTensors

/// One parameter array of a layer: its name in model files, its shape, and whether weight decay applies to it.
package struct ParameterShape: Sendable, Equatable {
    package let name: String
    package let rows: Int
    package let columns: Int
    /// Weight decay and norms apply to weights, not to biases and peepholes.
    package let isWeight: Bool
    /// Set for a running statistic, which is measured and not trained; nil otherwise. In place of a gradient, `backward` adds the
    /// measurements summed over its rows, and each step moves the statistic by this fraction towards their mean over the batch's rows.
    package let movement: Float?

    package init(_ name: String, rows: Int = 1, columns: Int, isWeight: Bool = false, movement: Float? = nil) {
        self.name = name
        self.rows = rows
        self.columns = columns
        self.isWeight = isWeight
        self.movement = movement
    }

    package var count: Int { rows * columns }
}

/// The values of one parameter array, which are copied once: into the flat array of all parameters.
package protocol ParameterValues {
    var count: Int { get }
    /// Copies the values.
    ///
    /// - Parameter destination: uninitialised memory for `count` of them.
    func copy(to destination: UnsafeMutableBufferPointer<Float>)
}

extension Array: ParameterValues where Element == Float {
    package func copy(to destination: UnsafeMutableBufferPointer<Float>) { _ = destination.initialize(from: self) }
}

extension Safetensors.Tensor: ParameterValues {}

/// All parameters θ of a network in one flat array, in the order of its layers.
///
/// With one array, an optimiser step, the norm of a gradient, the sum of a batch's gradients and writing a file are one loop each.
package struct Parameters: Sendable, Equatable {
    /// A named parameter array and its place in `values`.
    package struct Entry: Sendable, Equatable {
        package let name: String
        package let shape: ParameterShape
        package let offset: Int

        package var range: Range<Int> { offset..<offset + shape.count }
    }

    package let entries: [Entry]
    /// The range of each layer in `values`.
    package let layerRanges: [Range<Int>]
    /// θ.
    package var values: [Float]

    /// Zero parameters for layers of these shapes. Names become `0.W_x`: the layer's number, a dot, the parameter's name.
    init(layers: [[ParameterShape]]) {
        self.init(layers: layers) { [Float](repeating: 0, count: $0.shape.count) }
    }

    /// Parameters for layers of these shapes; `values` returns the values of each array, as many as its shape requires.
    init<Values: ParameterValues, Failure: Error>(
        layers: [[ParameterShape]], values given: (Entry) throws(Failure) -> Values
    ) throws(Failure) {
        var entries: [Entry] = []
        var ranges: [Range<Int>] = []
        var offset = 0
        for (number, shapes) in layers.enumerated() {
            let first = offset
            for shape in shapes {
                entries.append(Entry(name: "\(number).\(shape.name)", shape: shape, offset: offset))
                offset += shape.count
            }
            ranges.append(first..<offset)
        }
        self.entries = entries
        layerRanges = ranges
        // All arrays first: memory for as many values as the shapes ask for is allocated once they are there.
        let arrays = try entries.map { (entry) throws(Failure) in
            let own = try given(entry)
            precondition(own.count == entry.shape.count, "\(own.count) values for \(entry.name)")
            return own
        }
        values = [Float](unsafeUninitializedCapacity: offset) { values, count in
            populate(UnsafeMutableRawBufferPointer(values))
            // Bounds: the arrays' counts are those of their entries, whose ranges follow each other from 0 to `offset`.
            for (entry, array) in zip(entries, arrays) { array.copy(to: UnsafeMutableBufferPointer(rebasing: values[entry.range])) }
            count = offset
        }
    }

    /// Moves the running statistics towards the measurements of a batch, and clears the measurements in its gradient.
    ///
    /// - Parameter rows: number of rows of the batch.
    mutating func moveStatistics(_ gradient: inout [Float], rows: Int) {
        for entry in entries {
            guard let movement = entry.shape.movement else { continue }
            for i in entry.range {
                values[i] += movement * (gradient[i] / Float(rows) - values[i])
                gradient[i] = 0
            }
        }
    }

    /// The first array that has infinite values or NaN.
    package var firstNotFinite: Entry? {
        entries.first { !areFinite(values[$0.range]) }
    }

    package subscript(name: String) -> Matrix? {
        get {
            entries.first { $0.name == name }.map {
                Matrix(rows: $0.shape.rows, columns: $0.shape.columns, elements: Array(values[$0.range]))
            }
        }
    }
}
