import ArgumentParser
import Foundation
import Stimmung
import StimmungSupport

/// A run of `predict`: recordings in, one document or a folder of files out.
struct PredictionRun {
    let recogniser: Recogniser
    let recordings: RecordingInputs.Batch
    let timeline: Timeline?
    let workers: Workers
    let reporter: PredictionReporter
    let separatesChannels: Bool
    /// Whether arousal and valence are written.
    let affect: Bool
    /// Called for each prediction of a document, in the order of the recordings.
    var onPrediction: (@Sendable (Prediction) throws -> Void)?

    private var layout: PredictionLayout {
        PredictionLayout(
            format: reporter.format, classes: recogniser.model.labels, segments: timeline != nil, channels: separatesChannels,
            affect: affect)
    }

    /// Writes one document incrementally. An interrupted document is closed too, so that it can be parsed.
    func write(_ write: @escaping @Sendable (String) throws -> Void) throws {
        let writer = PredictionWriter(layout)
        let receiver = DocumentReceiver(writer, reporter, onPrediction: onPrediction, write: write)
        try receiver.begin()
        do { try recogniser.predict(all: recordings, timeline: timeline, workers: workers, receiver) } catch is Cancelled {
            try receiver.end()
            throw Cancelled()
        }
        try receiver.end()
        reporter.progress.finish()
        try checkFailures()
    }

    /// Writes one document to a file, which replaces an older one only when complete.
    func write(to path: String) throws {
        let draft = try AtomicFile.Draft(of: path)
        let failed = Result { try write { try draft.append(Data($0.utf8)) } }
        if case .failure(let error) = failed, !(error is ExitCode) { throw error }
        try draft.commit()
        try failed.get()
    }

    /// Writes a database of audformat: a table, and its header.
    ///
    /// - Parameter corpus: that the model was trained on.
    func write(databaseInto path: String, source corpus: String) throws {
        try PredictionFolder.create(path)
        let header = PredictionAudformat.database(
            source: "Stimmung \(stimmungVersion), a model trained on \(corpus)", classes: recogniser.model.labels)
        let written = Result { try write(to: joined(path, "db.\(PredictionAudformat.table).csv")) }
        if case .failure(let error) = written, !(error is ExitCode) { throw error }
        try AtomicFile.write(Data(header.utf8), to: joined(path, "db.yaml"))
        try written.get()
    }

    /// Writes one file per recording.
    ///
    /// - Parameters:
    ///   - resumes: whether recordings that are finished there are skipped.
    ///   - model: identifies the model.
    ///   - inputs: files that no result may overwrite.
    func write(into path: String, resumes: Bool, model: String, inputs: NamedInputs) throws {
        try PredictionFolder.create(path)
        try FailureList(folder: path, drafts: nil).checkPlace()
        let pairs = try pairs(in: path, resumes: resumes)
        let drafts = pairs == nil ? nil : joined(path, FinishedRecordings.drafts)
        if let drafts {
            // Left by a run that was killed.
            Files.removeTree(drafts)
            try PredictionFolder.create(drafts)
            TemporaryPaths.add(drafts)
        }
        defer {
            if let drafts {
                Files.removeTree(drafts)
                TemporaryPaths.forget(drafts)
            }
        }
        let folder = try PredictionFolder(path: path, layout, drafts: drafts)
        var settings = Fingerprint()
        settings.add("model", model)
        settings.add("format", reporter.format.rawValue)
        settings.add("timeline", timeline.map { $0.window.map { "\($0)" } ?? "changes" } ?? "none")
        // Added only if set, so that folders of earlier versions can be resumed.
        if affect { settings.add("affect", affect) }
        if let least = recogniser.leastConfidence { settings.add("reject", "\(least)") }
        if recogniser.model.precision != .float32 { settings.add("precision", recogniser.model.precision.rawValue) }
        if let source = recogniser.model.source { settings.add("source", source.fingerprint) }
        for (folder, own) in recogniser.ofFolders.sorted(by: { $0.key < $1.key }) {
            settings.add("voice of \(folder)", own.model.voice?.fingerprint ?? "")
        }
        let failures = FailureList(folder: path, drafts: drafts)
        let receiver = FolderReceiver(
            folder: folder, finished: pairs.map { FinishedRecordings($0, in: folder, settings: settings) }, resumes: resumes,
            inputs: inputs, failures: failures, reporter: reporter)
        let end = Result { try recogniser.predict(all: recordings, timeline: timeline, workers: workers, receiver) }
        // Finished results are kept, even after an error.
        let list = Result { try failures.finish() ? failures.path : nil }
        let closed = Result { try pairs?.close() }
        try end.get()
        reporter.progress.finish()
        try closed.get()
        try checkFailures(listedIn: list.get())
    }

    /// The finished recordings; nil while another run uses them, which is an error only with `--resume`.
    private func pairs(in path: String, resumes: Bool) throws -> HashPairs? {
        do { return try HashPairs(path: joined(path, FinishedRecordings.name)) } catch HashPairs.Failure.inUse {
            guard resumes else { return nil }
            throw CommandFailure("\(path) is in use by another run of \"stimmung predict\". Wait until it ends, or give another folder.")
        }
    }

    /// Ends with status 1 if recordings failed.
    private func checkFailures(listedIn list: String? = nil) throws {
        let counts = reporter.progress.counts
        guard counts.failed > 0 else { return }
        if counts.total > 1 {
            printToStandardError(
                "stimmung: \(counts.failed) of \(counts.total) files failed" + (list.map { "; they are listed in \($0)" } ?? ""))
        }
        throw ExitCode(1)
    }
}
