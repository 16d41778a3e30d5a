import Foundation
import Stimmung
import StimmungFeatures
import StimmungNetworks
import StimmungONNX
import StimmungSupport
import SwiftProtobuf

/// A model as an ONNX graph, from features or from samples to probabilities.
///
///     try ONNXExport(Model(contentsOf: "emodb.safetensors"), from: .audio).write(path: "emodb.onnx")
///
/// The graph has free sizes for the batch and the length. Its inputs and outputs are described in `docs/onnx.md`.
package struct ONNXExport: Sendable {
    /// What the graph starts from.
    package enum Start: String, Choice, Sendable {
        /// Features as `stimmung features` writes them.
        case features
        /// Samples at the rate of the features.
        case audio
    }

    /// The messages of the file.
    package let bytes: Data

    /// - Throws: `ExportError` if a layer, or a part of the front end, cannot be exported.
    package init(_ model: Model, from start: Start) throws(ExportError) {
        var graph = GraphBuilder(name: model.recipe.name)
        let rows =
            switch start {
            case .features: Self.featureInputs(model.recipe, &graph)
            case .audio: try FrontEndGraph(model.recipe).rows(&graph)
            }
        let decision = try DecisionGraph(model, rows, &graph)
        graph.output("probabilities", of: decision.probabilities, .float, ["batch", .fixed(model.labels.count)])
        graph.output(
            "label", of: graph.node("ArgMax", [decision.probabilities], [.integer("axis", 1), .integer("keepdims", 0)]), .int64, ["batch"])
        graph.output(
            "log_posteriors", of: decision.logPosteriors, .float,
            ["batch", .free(Self.rowsName(model.recipe.features)), .fixed(model.labels.count)])
        if let familiarity = decision.familiarity { graph.output("familiarity", of: familiarity, .float, ["batch"]) }

        var file = Onnx_ModelProto()
        file.irVersion = 8
        var operators = Onnx_OperatorSetIdProto()
        operators.version = 17
        file.opsetImport = [operators]
        file.producerName = "stimmung"
        file.producerVersion = model.card.version
        file.docString = "Speech emotion recognition: the model of the recipe \(model.recipe.name), trained on \(model.card.corpus)."
        file.metadataProps = Self.metadata(model, start).map { key, value in
            var entry = Onnx_StringStringEntryProto()
            (entry.key, entry.value) = (key, value)
            return entry
        }
        file.graph = graph.graph
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        // Every field of these messages has a value, so encoding does not fail.
        guard let bytes = try? file.serializedData(options: options) as Data else { preconditionFailure("the messages cannot be encoded") }
        self.bytes = bytes
    }

    /// Writes the file beside its name, and renames it.
    ///
    /// - Throws: `ExportError.file` if it cannot be written.
    package func write(path: String) throws(ExportError) {
        do { try AtomicFile.write(bytes, to: path) } catch { throw .file(error) }
    }

    /// The name of the second size of features.
    private static func rowsName(_ options: FeatureOptions) -> String { options.isPooled ? "stretches" : "frames" }

    private static func featureInputs(_ recipe: Recipe, _ graph: inout GraphBuilder) -> Rows {
        let options = recipe.features
        let name = rowsName(options)
        let features = graph.input("features", .float, ["batch", .free(name), .fixed(options.width)])
        guard options.isPooled else {
            let lengths = graph.input("lengths", .int64, ["batch"])
            let speech = recipe.speech == .detected ? graph.input("speech", .float, ["batch", .free(name)]) : nil
            return Rows(features, width: options.width, lengths: lengths, weights: speech, in: &graph)
        }
        let weights = graph.input("frames", .float, ["batch", .free(name)])
        let isRow = graph.cast(graph.node("Greater", [weights, graph.scalar(0)]), to: .int64)
        return Rows(features, width: options.width, lengths: graph.sum(isRow, axis: 1), weights: weights, in: &graph)
    }

    private static func metadata(_ model: Model, _ start: Start) -> [(String, String)] {
        [
            ("stimmung.format", Model.format), ("input", start.rawValue), ("labels", jsonText(model.labels)),
            ("sample_rate", "\(model.recipe.features.sampleRate)"), ("hop", "\(model.recipe.features.hop)"),
            ("columns", start == .features ? jsonText(model.recipe.features.columnNames) : "[]"),
            ("speech", (model.recipe.speech ?? .all).rawValue), ("recipe", model.recipe.yaml), ("card", jsonText(model.card)),
        ]
    }
}
