import CStimmungInterface
import Stimmung
import StimmungSupport
import Synchronization

/// Recognises a recording.
@_cdecl("stimmung_predict")
public func predict(_ model: OpaquePointer?, _ path: CText?, _ options: CText?, _ json: TextPlace?) -> stimmung_status {
    call {
        let place = try result(json, "json", empty: nil)
        let batch = try Batch(model, PredictionOptions(options))
        place.pointee = Blocks.make(try batch.object(BatchInput.Recording(path: text(path, "path"))))
    }
}

/// Recognises recordings.
@_cdecl("stimmung_predict_files")
public func predictFiles(
    _ model: OpaquePointer?, _ paths: TextList?, _ count: Int, _ options: CText?, _ json: TextPlace?
) -> stimmung_status {
    call {
        let place = try result(json, "json", empty: nil)
        let batch = try Batch(model, PredictionOptions(options))
        let recordings = try texts(paths, count: count, "paths").map { BatchInput.Recording(path: $0) }
        let objects = try batch.outcomes(of: recordings).map { try batch.text(of: $0) }
        place.pointee = Blocks.make("[\(objects.joined(separator: ",\n"))]")
    }
}

/// Recognises samples.
@_cdecl("stimmung_predict_samples")
public func predictSamples(
    _ model: OpaquePointer?, _ audio: UnsafePointer<stimmung_audio>?, _ options: CText?, _ json: TextPlace?
) -> stimmung_status {
    call {
        let place = try result(json, "json", empty: nil)
        var batch = try Batch(model, PredictionOptions(options))
        batch.hasNames = false
        let file = try SampleFile(audio)
        place.pointee = Blocks.make(try batch.object(BatchInput.Recording(path: file.path, name: "The recording")))
        withExtendedLifetime(file) {}
    }
}

/// Recordings that are recognised with the same options.
private struct Batch {
    let recogniser: Recogniser
    let options: PredictionOptions
    /// Whether recordings have names.
    var hasNames = true

    init(_ model: OpaquePointer?, _ options: PredictionOptions) throws {
        recogniser = try Handles.object(model, OpenModel.self).forCall
        self.options = options
    }

    /// The outcomes in the order of the recordings.
    func outcomes(of recordings: [BatchInput.Recording]) throws -> [PredictionOutcome] {
        let outcomes = Outcomes()
        let inputs = recordings.map { recording in
            var recording = recording
            recording.channels = options.channels.batchChannels
            return BatchInput.recording(recording)
        }
        try recogniser.predict(all: inputs, timeline: options.cutting, workers: Workers(threads: options.threads)) { outcome in
            outcomes.all.withLock { $0.append(outcome) }
        }
        return outcomes.all.withLock { $0 }
    }

    /// The result of one recording.
    ///
    /// - Throws: why there is none.
    func object(_ recording: BatchInput.Recording) throws -> String {
        try options.requireOneChannel()
        let outcomes = try outcomes(of: [recording])
        if case .failure(let failure)? = outcomes.first { throw failure.error }
        return try outcomes.map { try text(of: $0) }.joined()
    }

    func text(of outcome: PredictionOutcome) throws -> String {
        if case .failure(let failure) = outcome {
            let channel = failure.channel.map { ", \"channel\": \($0)" } ?? ""
            return """
                {"file": \(failure.file.jsonQuoted)\(channel), "error": \(failure.description.jsonQuoted), \
                "code": \((failure.code ?? "library.failed").jsonQuoted)}
                """
        }
        var layout = PredictionLayout(
            format: .jsonl, classes: recogniser.model.labels, segments: options.timeline, channels: options.channels == .each,
            affect: options.affect)
        layout.names = hasNames
        var writer = PredictionWriter(layout)
        return String(try writer.item(outcome).dropLast())
    }
}

/// Collects outcomes from several threads.
private final class Outcomes: Sendable {
    let all = Mutex<[PredictionOutcome]>([])
}
