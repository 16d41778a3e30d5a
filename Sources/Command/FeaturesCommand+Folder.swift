import Foundation
import Stimmung
import StimmungFeatures
import StimmungSupport

/// `stimmung features` into a folder, with one file per recording. Several processes share the recordings; each writes its own files.
extension FeaturesCommand {
    /// An output folder with one file per recording.
    struct FeatureFolder {
        let path: String
        let format: FeatureFormat

        /// The path of a file. Creates its folder if missing.
        func file(_ name: String) throws -> String {
            let parent = joined(path, folder(of: name))
            try Files.makeFolder(parent)
            return joined(parent, fittingName(fileName(of: name), suffix: "." + format.rawValue, limit: longestName(in: parent)))
        }
    }

    /// A recording to process, and the name of its result.
    private struct Item: Codable {
        let path: String
        let name: String
    }

    /// What is reported about a recording.
    private struct Report: Codable {
        var warnings: [String] = []
        var error: String?
        /// Whether its process was cancelled before.
        var isCancelled = false
    }

    func writeAll(_ recordings: RecordingInputs, _ source: FeatureSource, _ folder: FeatureFolder) throws {
        let cancellation = signalCancellation
        let processes = compute.workers.processes
        try Files.makeFolder(folder.path)
        let named = NamedInputs(inputs)
        guard processes.leads else {
            SharedWork.follow(compute.workers) { request, _ in
                guard !cancellation.isCancelled, let item = try? received(Item.self, request) else {
                    return transferred(Report(isCancelled: true))
                }
                return transferred(write(item, source, folder, named))
            }
            return try cancellation.check()
        }
        let progress = BatchProgress("features", line: ProgressLine(quiet: compute.quiet || !recordings.areMany))
        progress.count { recordings.count }
        @Sendable func show(_ report: Report) {
            guard !report.isCancelled else { return }
            for warning in report.warnings { progress.line.complain(warning) }
            if let error = report.error { progress.line.complain(error) }
            progress.add(report.error == nil ? .done : .failed)
        }
        let all = recordings.shared()
        /// The next recording; inputs that failed are reported.
        @Sendable func next() -> Item? {
            while !cancellation.isCancelled, let recording = all() {
                switch recording {
                case .failed(_, let error): show(Report(error: failure(error)))
                case .recording(let found): return Item(path: found.path, name: recordings.name(of: found))
                }
            }
            return nil
        }
        SharedWork.lead(processes) {
            next().map { .piece(number: 0, request: transferred($0)) } ?? .none
        } receive: { reply in
            if case .result(_, let bytes) = reply, let report = try? received(Report.self, bytes) {
                if report.isCancelled { cancellation.cancel() } else { show(report) }
            }
        } meanwhile: {
            compute.workers.forEach(compute.workers.threads) { _ in
                while let item = next() { show(write(item, source, folder, named)) }
            }
        }
        if cancellation.isCancelled { throw Cancelled() }
        if let sentence = recordings.passedOverSentence { progress.line.say(sentence) }
        progress.finish()
        let counts = progress.counts
        if counts.failed > 0 { throw CommandFailure("\(counts.failed) of \(counts.total) files failed") }
    }

    private func write(_ item: Item, _ source: FeatureSource, _ folder: FeatureFolder, _ named: NamedInputs) -> Report {
        var report = Report()
        do {
            let (data, warnings) = try source.data(of: segment(item.path), format: folder.format)
            report.warnings = warnings.map { message($0, about: item.path) }
            let file = try folder.file(item.name)
            try named.check(file, in: folder.path, isOurs: false)
            try FeatureWriter.write(data, to: file)
        } catch is Cancelled { report.isCancelled = true } catch { report.error = failure(error) }
        return report
    }

    private func failure(_ error: any Error) -> String { "stimmung: \(userMessage(for: error))".printable }
}
