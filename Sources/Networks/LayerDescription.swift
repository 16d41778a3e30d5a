/// A layer as data: its operation, its attributes, and the names and shapes of its parameters.
///
/// Everything that another program needs to run the layer, apart from the values of the parameters. The equations belong to the layer's type.
package struct LayerDescription: Sendable, Equatable {
    package enum Attribute: Sendable, Equatable {
        case integer(Int)
        case number(Float)
        case text(String)
        /// The layer that a composite layer is made of.
        indirect case layer(LayerDescription)
    }

    /// In lower case with hyphens, such as `batch-normalisation`.
    package let operation: String
    /// Attributes that are nil or at a neutral value are left out.
    package let attributes: [String: Attribute]
    /// D
    package let inputs: Int
    /// K
    package let outputs: Int
    /// In the order of the layer's values.
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
    /// What takes the place of frames beyond the ends of a sequence.
    package enum Padding: Sendable {
        /// The first or the last frame, repeated.
        case edge
        case zeros
    }

    /// Frames before the row's own.
    package let left: Int
    /// Frames after it. While streaming, a row comes so many frames late.
    package let right: Int
    package let padding: Padding

    package init(left: Int, right: Int, padding: Padding) {
        precondition(left >= 0 && right >= 0, "a window reaches 0 frames or more to either side")
        self.left = left
        self.right = right
        self.padding = padding
    }

    /// The row's own frame alone.
    package static let none = FrameContext(left: 0, right: 0, padding: .edge)

    /// Frames in all, the row's own included.
    package var frames: Int { left + 1 + right }
}

/// What a layer does in inference, as far as other parts of the package depend on it: which layers can be trained as auto-encoders, which one is
/// the last hidden layer, what may be skipped between two layers.
package enum LayerRole: Sendable, Equatable {
    /// W x + b of every frame, with the parameters `W` (K × D) and `b` (K) in this order.
    case affine
    /// A function of every element.
    case activation(Activation)
    /// Joins each frame with its `context`, the earliest frame first.
    case window
    /// Nothing: active in training only.
    case identity
    case other
}
