import Foundation
import StimmungTestSupport
import Testing

/// `stimmung export`; what the graphs compute is tested in the module's own tests.
struct ExportTests {
    @Test("Models in the program are exported from features, and refused from audio with the reason")
    func builtIn() throws {
        let folder = try TemporaryFolder()
        let done = try Program.run(["export", "built-in", "--onnx", "built-in.onnx"], in: folder)
        #expect(done.status == 0 && done.output.hasPrefix("built-in.onnx: "), "\(done)")
        #expect(folder.names == ["built-in.onnx"])
        let refused = try Program.run(["export", "built-in", "--onnx", "audio.onnx", "--input", "audio"], in: folder)
        #expect(refused.status == 1 && refused.errors.contains("pitch") && refused.errors.contains("--input features"), "\(refused)")
        #expect(folder.names == ["built-in.onnx"])
    }

    @Test("A missing model, a folder that does not exist, and the model's own name are errors")
    func errors() throws {
        let folder = try TemporaryFolder()
        try ModelParts.loudness().write(folder.file("m.safetensors"))
        let missing = try Program.run(["export", "none.safetensors", "--onnx", "x.onnx"], in: folder)
        #expect(missing.status == 1 && missing.errors.contains("none.safetensors"), "\(missing)")
        let nowhere = try Program.run(["export", "m.safetensors", "--onnx", "none/x.onnx"], in: folder)
        #expect(nowhere.status == 1 && nowhere.errors.contains("none"), "\(nowhere)")
        let own = try Program.run(["export", "m.safetensors", "--onnx", "m.safetensors"], in: folder)
        #expect(own.status != 0 && folder.names == ["m.safetensors"], "\(own)")
        let audio = try Program.run(["export", "m.safetensors", "--onnx", "m.onnx", "--input", "audio"], in: folder)
        #expect(audio.status == 0 && folder.names == ["m.onnx", "m.safetensors"], "\(audio)")
    }
}
