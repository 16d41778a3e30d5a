import ArgumentParser
import Stimmung
import StimmungExport
import StimmungSupport

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a model as ONNX.",
        discussion: """
            stimmung export emodb.safetensors --onnx emodb.onnx
            stimmung export emodb.safetensors --onnx emodb.onnx --input audio

            With --input audio, the graph takes samples, and has the front end in it. That is possible for models of mfcc, fbank and energy; \
            pitch, functionals and speech encoders need --input features, and features by "stimmung features".

            docs/onnx.md describes inputs, outputs and metadata.
            """)

    @Argument(
        help: ArgumentHelp("Model file, or built-in, or encoder.", valueName: "model"),
        completion: .file(extensions: ["safetensors"]))
    var model: NamedModel

    @Option(
        help: ArgumentHelp("ONNX file to write.", valueName: "file"),
        completion: .file(extensions: ["onnx"]))
    var onnx: String

    @Option(help: ArgumentHelp("What the graph starts from: features or audio.", valueName: "start"))
    var input = ONNXExport.Start.features

    mutating func run() throws {
        try checkOutputs(files: [onnx], folders: [], inputs: [model.path])
        let export = try ONNXExport(try model.open(), from: input)
        try export.write(path: onnx)
        try StandardOutput.line("\(onnx): \(megabytes(export.bytes.count)) MB, from \(input.rawValue)")
    }

    private func megabytes(_ count: Int) -> String { "\((Double(count) / 1e5).rounded() / 10)" }
}

extension ONNXExport.Start: ExpressibleByArgument {}
