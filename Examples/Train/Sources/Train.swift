import Foundation
import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungReports
import StimmungTraining

/// Trains a small LSTM on a corpus, evaluates it on new speakers, and writes a report.
///
///     swift run -c release train demo/speech-1 out
@main
struct Train {
    static func main() throws {
        guard CommandLine.arguments.count == 3 else { return print("usage: train CORPUS FOLDER") }
        let corpus = try Corpus.open(path: CommandLine.arguments[1])
        let output = CommandLine.arguments[2]
        var recipe = try Recipe(named: "lstm")
        recipe.training.epochs = 2

        let model = try ModelTraining(recipe: recipe, corpus: corpus).run()
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        try model.write(path: output + "/model.safetensors")

        let evaluation = Evaluation(recipe: recipe, corpus: corpus, evaluationProtocol: .leaveOneSpeakerOut)
        let run = try evaluation.run()
        print(run.figures.report)
        let provenance = Provenance(command: "train", date: Date().formatted(.iso8601), corpus: corpus, recipes: [recipe])
        let page = try EvaluationReport(run, network: nil, provenance: provenance).page()
        print(try page.write(folder: output))
    }
}
