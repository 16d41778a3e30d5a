/// A layer as data: its operation, its attributes, and the names and shapes of its parameters.
///
/// It has everything that another program needs to run the layer, except the parameters' values. The equations are in the documentation of
/// the layer's type.
package struct LayerDescription: Sendable, Equatable {
    package enum Attribute: Sendable, Equatable {
        case integer(Int)
        case number(Float)
        case text(String)
        /// The inner layer of a composite layer.
        indirect case layer(LayerDescription)
    }

    /// The name of the operation, in lower case with hyphens, such as `batch-normalisation`.
    package let operation: String
    /// The attributes of the operation, except those that are nil or neutral.
    package let attributes: [String: Attribute]
    /// D
    package let inputs: Int
    /// K
    package let outputs: Int
    /// The shapes of the parameters, in the order of their values.
    package let parameters: [ParameterShape]

    package init(_ operation: String, of layer: some Layer, attributes: [String: Attribute?] = [:]) {
        self.operation = operation
        self.attributes = attributes.compactMapValues { $0 }
        inputs = layer.inputs
        outputs = layer.outputs
        parameters = layer.parameters
    }
}

/// The neighbouring frames that an output row of a layer is computed from.
package struct FrameContext: Sendable, Equatable {
    /// Padding beyond the ends of a sequence.
    package enum Padding: Sendable {
        /// The first or the last frame, repeated.
        case edge
        case zeros
    }

    /// Frames before the row's own.
    package let left: Int
    /// Frames after the row's own; while streaming, also the delay of a row in frames.
    package let right: Int
    package let padding: Padding

    package init(left: Int, right: Int, padding: Padding) {
        precondition(left >= 0 && right >= 0, "a window extends by 0 or more frames to either side")
        self.left = left
        self.right = right
        self.padding = padding
    }

    /// The row's own frame only.
    package static let none = FrameContext(left: 0, right: 0, padding: .edge)

    /// Total number of frames, including the row's own.
    package var frames: Int { left + 1 + right }
}

/// A layer's role in inference, for code that depends on it: which layers can be trained as auto-encoders, which one is the last
/// hidden layer, which ones may be skipped between two others.
package enum LayerRole: Sendable, Equatable {
    /// W x + b per frame, with the parameters `W` (K × D) and `b` (K) in this order.
    case affine
    /// An element-wise function.
    case activation(Activation)
    /// Joins each frame with its `context`, the earliest frame first.
    case window
    /// The identity: active in training only.
    case identity
    case other
}
