import ArgumentParser
import Foundation
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTraining

/// `stimmung features --corpus`: one table of all utterances.
extension FeaturesCommand {
    func writeTable(of path: String, _ frontEnd: FrontEnd, to choice: OutputChoice, _ format: FeatureFormat) throws {
        guard frontEnd.options.isPooled else {
            throw ValidationError("--corpus needs features with one row for each utterance: --set functionals=true.")
        }
        let line = ProgressLine(quiet: compute.quiet)
        defer { line.finish() }
        let corpus = try Corpus.open(path: path, lists.reading)
        let extraction = CorpusFeatures.Extraction(frontEnd.options, workers: compute.workers, cancellation: signalCancellation)
        let features = try CorpusFeatures(of: corpus, by: extraction) { line.show($0) }
        guard Processes.leads else { return }
        for utterance in features.unusable {
            line.complain("stimmung: warning: \(corpus.utterances[utterance.utterance].file) is left out: \(utterance.code)".printable)
        }
        var rows = Matrix(rows: 0, columns: frontEnd.options.width)
        for recording in features.recordings { rows.append(rows: try recording.frames()) }
        let entries = features.corpus.utterances.map {
            FeatureTable.Entry(file: $0.file, start: $0.start, end: $0.end, label: $0.emotion)
        }
        let table = FeatureTable(name: corpus.name, frontEnd.options, entries, rows)
        switch choice {
        case .standardOutput: try StandardOutput.write(table.data(format))
        case .file(let path): try table.write(to: path, format: format)
        case .folder(let path):
            throw CommandFailure("A corpus becomes one table, and \(path) is a folder. Give a file such as \(path).csv.")
        }
    }
}
