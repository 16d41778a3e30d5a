import Foundation
import StimmungTestSupport
import Testing

struct PretrainTests {
    @Test func machinesAreTrainedShownAndBuiltOn() throws {
        let fixture = try Fixture.shared()
        let folder = try TemporaryFolder()
        let recipe = """
            name: small-crbm
            features: {deltas: 0}
            pretraining: {machines: [{hidden: 8, order: 2}], epochs: 2, batch: 64}
            network: [{lstm: 4}]
            training: {epochs: 2, batch: 8}
            """
        try folder.write("crbm.yaml", recipe)
        let made = try Program.run(["pretrain", "crbm.yaml", "--corpus", fixture.corpus, "-o", "machines.safetensors"], in: folder)
        #expect(made.status == 0 && made.output.contains("machines.safetensors") && made.errors.contains("machine 1: 2 of 2"), "\(made)")
        let refused = try Program.run(["predict", "--model", "machines.safetensors", fixture.recordings[0]], in: folder)
        #expect(refused.status == 1 && refused.errors.contains("it holds Boltzmann machines. "), "\(refused)")
        #expect(refused.errors.contains("\"stimmung train --machines\""), "\(refused)")
        let shown = try Program.run(["inspect", "machines.safetensors"], in: folder)
        #expect(shown.status == 0 && shown.output.contains("without labels") && shown.output.contains("hidden: 8"), "\(shown)")
        let trained = try Program.run(
            ["train", "crbm.yaml", "--corpus", fixture.corpus, "--machines", "machines.safetensors", "-o", "m.safetensors"], in: folder)
        #expect(trained.status == 0 && folder.exists("m.safetensors"), "\(trained)")
        let wrong = try Program.run(
            ["train", "lstm", "--corpus", fixture.corpus, "--machines", "machines.safetensors", "-o", "n.safetensors"], in: folder)
        #expect(wrong.status == 1 && wrong.errors.contains("pretraining") && !folder.exists("n.safetensors"), "\(wrong)")
        let none = try Program.run(["pretrain", "lstm", "--corpus", fixture.corpus, "-o", "n.safetensors"], in: folder)
        #expect(none.status == 1 && none.errors.contains("pretraining") && folder.isClean, "\(none)")
    }
}
