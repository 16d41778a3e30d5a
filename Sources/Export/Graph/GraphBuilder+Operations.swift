import StimmungONNX

/// Operations with the names of the mathematics.
extension GraphBuilder {
    mutating func add(_ a: Value, _ b: Value) -> Value { node("Add", [a, b]) }
    mutating func subtract(_ a: Value, _ b: Value) -> Value { node("Sub", [a, b]) }
    mutating func multiply(_ a: Value, _ b: Value) -> Value { node("Mul", [a, b]) }
    mutating func divide(_ a: Value, _ b: Value) -> Value { node("Div", [a, b]) }
    mutating func largest(_ a: Value, _ b: Value) -> Value { node("Max", [a, b]) }
    mutating func smallest(_ a: Value, _ b: Value) -> Value { node("Min", [a, b]) }
    mutating func logarithm(_ a: Value) -> Value { node("Log", [a]) }

    /// The product of each row with a matrix, `inputs × outputs`.
    mutating func product(_ rows: Value, _ matrix: [Float], _ inputs: Int, _ outputs: Int, name: String = "matrix") -> Value {
        node("MatMul", [rows, constant(matrix, shape: [inputs, outputs], name: name)])
    }

    /// The elements between two numbers.
    mutating func clip(_ a: Value, _ low: Float, _ high: Float) -> Value { node("Clip", [a, scalar(low), scalar(high)]) }

    /// The sum along an axis.
    mutating func sum(_ a: Value, axis: Int, keepsAxis: Bool = false) -> Value {
        node("ReduceSum", [a, whole([axis])], [.integer("keepdims", keepsAxis ? 1 : 0)])
    }

    mutating func addAxes(_ a: Value, _ axes: [Int]) -> Value { node("Unsqueeze", [a, whole(axes)]) }
    mutating func removeAxes(_ a: Value, _ axes: [Int]) -> Value { node("Squeeze", [a, whole(axes)]) }
    mutating func transpose(_ a: Value, _ order: [Int]) -> Value { node("Transpose", [a], [.integers("perm", order)]) }

    /// - Parameter shape: 0 keeps a size, −1 is what is left.
    mutating func reshape(_ a: Value, _ shape: [Int]) -> Value { node("Reshape", [a, whole(shape)]) }

    mutating func join(_ values: [Value], axis: Int) -> Value { node("Concat", values, [.integer("axis", axis)]) }

    /// The part from `start` to before `end` along an axis; negative numbers count from the end.
    mutating func slice(_ a: Value, axis: Int, from start: Int, to end: Int = .max) -> Value {
        node("Slice", [a, whole([start]), whole([end]), whole([axis])])
    }

    /// The size along an axis, as a number without axes.
    mutating func size(of a: Value, axis: Int) -> Value {
        node("Gather", [node("Shape", [a]), whole(axis)], [.integer("axis", 0)])
    }

    /// 0, 1, … up to before `count`, a number without axes.
    mutating func range(to count: Value) -> Value {
        node("Range", [whole(0), count, whole(1)])
    }

    mutating func cast(_ a: Value, to type: Onnx_TensorProto.DataType) -> Value { node("Cast", [a], [.integer("to", type.rawValue)]) }

    /// 1 where the position along the second axis is below the length of the row, otherwise 0; `batch × count`.
    mutating func mask(_ lengths: Value, count: Value) -> Value {
        let isInside = node("Less", [addAxes(range(to: count), [0]), addAxes(lengths, [1])])
        return cast(isInside, to: .float)
    }
}
