import StimmungSupport

/// Why a model cannot be exported.
package enum ExportError: StimmungError, Equatable {
    /// A part of the front end cannot be computed by a graph.
    case frontEnd(part: String, reason: String)
    /// A layer has no translation.
    case layer(operation: String)
    /// The file cannot be written.
    case file(AtomicFile.Failure)

    package var code: String {
        switch self {
        case .frontEnd: "export.front-end"
        case .layer: "export.layer"
        case .file: "export.file"
        }
    }

    package var description: String {
        switch self {
        case .frontEnd(let part, let reason):
            "The front end of this model cannot be exported: \(part) \(reason). Export the model with --input features, and compute the features by \"stimmung features\"."
        case .layer(let operation): "The layer \(operation) cannot be exported."
        case .file(let error): error.description
        }
    }
}
