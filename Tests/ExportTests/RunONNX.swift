import Foundation
import StimmungExport
import StimmungTensors
import StimmungTestSupport
import Testing

/// ONNX Runtime, an independent program that runs graphs.
struct RunONNX {
    static let python = Python(importing: "numpy, onnx, onnxruntime, safetensors")
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "python/compare.py").path

    /// What a graph outputs.
    struct Outputs: Decodable {
        let metadata: [String: String]
        let values: [String: [Double]]

        /// The largest difference between an output and the expected values.
        func difference(_ name: String, from expected: [Double]) throws -> Double {
            let found = try #require(values[name])
            try #require(found.count == expected.count, "\(name) has \(found.count) values")
            return zip(found, expected).map { abs($0 - $1) }.max() ?? 0
        }
    }

    /// Checks the graph, and runs it.
    static func outputs(of model: ONNXExport, _ inputs: [Safetensors.Tensor]) throws -> Outputs {
        let folder = try TemporaryFolder()
        try model.write(path: folder.file("model.onnx"))
        try Safetensors(metadata: [:], tensors: inputs).write(path: folder.file("inputs.safetensors"))
        let text = try #require(python).run([script, folder.file("model.onnx"), folder.file("inputs.safetensors")])
        return try JSONDecoder().decode(Outputs.self, from: Data(text.utf8))
    }
}

/// Recordings of different lengths as one array, padded with a value that must not matter.
func padded(_ name: String, _ recordings: [Matrix], with padding: Float = 1000) -> Safetensors.Tensor {
    let (rows, columns) = (recordings.map(\.rows).max() ?? 0, recordings[0].columns)
    let values = recordings.flatMap { $0.elements + [Float](repeating: padding, count: (rows - $0.rows) * columns) }
    return .init(name: name, shape: [recordings.count, rows, columns], values: values)
}
