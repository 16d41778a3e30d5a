#if Server
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Stimmung
import StimmungAudio
import StimmungSupport

/// `POST /v1/predict` and `POST /v1/audio/classification`: recognises a recording.
struct PredictEndpoint {
    let service: Service

    /// What is asked for.
    private struct Task: Sendable {
        var recogniser: Recogniser
        var request: Service.Request
        var timeline: Timeline?
        var channel = ChannelSelection.mix
    }

    private static let choices = ["voice", "source", "model", "channels", "reject"]

    /// The answer of `stimmung predict` for one recording.
    func answer(_ request: Request) async throws -> Response {
        let query = try Query(request, allowed: ["timeline", "window", "format", "affect"] + Self.choices)
        let format = try query.choice("format", PredictionFormat.self) ?? .json
        let affect = try query.flag("affect")
        if affect, !format.holdsAffect { throw Problem.badQuery("affect needs the format text, json, jsonl or csv.") }
        let isTimeline = try query.flag("timeline")
        let window = try query.number("window", in: 0.1...86_400)
        if window != nil, !isTimeline { throw Problem.badQuery("window needs timeline=true.") }
        var task = try task(query)
        task.timeline = isTimeline ? Timeline(window: window) : nil
        let audio = try await Upload(service: service).read(request)[0]
        let prediction = try await recognise(audio, task)
        // One recording is one object, not a list of one.
        var layout = PredictionLayout(
            format: format == .json ? .jsonl : format, classes: task.recogniser.model.labels, segments: isTimeline, affect: affect)
        layout.names = audio.name != nil
        var writer = PredictionWriter(layout)
        return Response(writer.begin() + (try writer.item(.success(prediction))) + writer.end(), type: format.mediaType)
    }

    /// A list of labels and scores, the most probable first, as the Hugging Face inference API gives it. Empty without speech.
    func classification(_ request: Request) async throws -> Response {
        let query = try Query(request, allowed: ["model", "voice", "source"])
        let task = try task(query)
        let prediction = try await recognise(try await Upload(service: service).read(request)[0], task)
        let entries = prediction.probabilities.sorted { $0.probability > $1.probability }.map { entry in
            "{\"label\": \(entry.label.jsonQuoted), \"score\": \(Decimal6.text(entry.probability) ?? "null")}"
        }
        return Response("[\(entries.joined(separator: ", "))]\n")
    }

    private func task(_ query: Query) throws -> Task {
        let request = Service.Request(
            model: query["model"], voice: query["voice"], source: query["source"], reject: try query.number("reject", in: 0...1))
        return Task(
            recogniser: try service.recogniser(request), request: request,
            channel: try query.choice("channels", ChannelChoice.Single.self)?.selection ?? .mix)
    }

    private func recognise(_ audio: UploadedAudio, _ task: Task) async throws -> Prediction {
        defer { service.memory.used() }
        do {
            let longest = service.limits.duration
            let prediction = try await service.pool.run { [service] cancellation in
                var recogniser = task.recogniser
                recogniser.cancellation = cancellation
                var recording = AudioSegment(path: audio.path, channel: task.channel)
                recording.longest = longest
                let prediction = try recogniser.predict(recording, timeline: task.timeline)
                // Afterwards, so that a recording does not change its own result.
                if let key = service.sourceKey(task.request) { service.learn(recording, of: key, cancellation) }
                return prediction
            }
            service.metrics.audio(seconds: prediction.duration)
            return prediction.naming(audio)
        } catch { throw Problem(error, naming: audio.naming) ?? error }
    }
}

extension Service {
    /// Adds a recording to what has been heard of a source; one without speech adds nothing. The prediction is answered in any case.
    fileprivate func learn(_ recording: AudioSegment, of key: SourceStore.Key, _ cancellation: Cancellation) {
        guard var recogniser = models.recogniser(key.model) else { return }
        recogniser.cancellation = cancellation
        do { sources.add(try recogniser.source(of: [recording], workers: Workers(threads: 1)), to: key) } catch SourceError.noSpeech {
        } catch {
            logger.warning("a source has not learnt from a recording: \(logged(error))")
        }
    }
}

extension Prediction {
    /// The prediction with the upload's name in place of its path.
    fileprivate func naming(_ audio: UploadedAudio) -> Prediction {
        var prediction = self
        prediction.warnings = warnings.map { $0.naming(audio.name ?? "the recording", insteadOf: audio.path) }
        prediction.file = audio.name ?? ""
        return prediction
    }
}

extension PredictionFormat {
    fileprivate var mediaType: String {
        switch self {
        case .json: "application/json"
        case .jsonl: "application/jsonl"
        case .csv, .audformat: "text/csv; charset=utf-8"
        case .srt: "application/x-subrip"
        case .text, .rttm, .textgrid: "text/plain; charset=utf-8"
        }
    }
}
#endif
