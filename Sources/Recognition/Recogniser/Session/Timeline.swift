import StimmungTensors

/// How a recording is cut into segments that are decided one by one.
public struct Timeline: Sendable, Equatable {
    /// Seconds of a segment before equal neighbours are joined; at least a tenth of a second. Nil cuts speech at pauses and where its class changes;
    /// a model whose recipe decides about all of a recording uses 2 seconds then.
    public let window: Double?
    /// Whether neighbours with the same label become one segment.
    public var joinsEqual: Bool

    /// A timeline with the given options.
    ///
    /// - Parameters:
    ///   - window: length of a segment in seconds, at least 0.1; nil to cut at pauses and changes.
    ///   - joinsEqual: whether to join adjacent segments with the same label.
    public init(window: Double? = nil, joinsEqual: Bool = true) {
        precondition(window.map { $0 >= 0.1 } ?? true, "a segment lasts at least a tenth of a second")
        self.window = window
        self.joinsEqual = joinsEqual
    }

    /// The window where segments are not cut at pauses and changes.
    static let usualWindow = 2.0
}

/// Cuts the frames of a recording, as they come, into the segments of a timeline.
struct SegmentPooling {
    private let timeline: Timeline
    private let model: Model
    private let hop: Double
    private let framesPerWindow: Int
    private var current: Pooling
    /// Start in frames and posteriors of each segment so far; joined neighbours add their frames up.
    private var segments: [(start: Int, pooling: Pooling)] = []
    private var frames = 0

    init(_ timeline: Timeline, _ model: Model) {
        self.timeline = timeline
        self.model = model
        // Whole samples: the option's own seconds would drift away from them over a long recording.
        hop = model.recipe.features.startTime(ofFrame: 1)
        framesPerWindow = max(1, Int(((timeline.window ?? Timeline.usualWindow) / hop).rounded()))
        current = model.pooling
    }

    mutating func add(_ logPosteriors: Matrix) {
        var row = 0
        while row < logPosteriors.rows {
            let count = min(framesPerWindow - current.frames, logPosteriors.rows - row)
            current.add(logPosteriors, rows: row..<row + count)
            row += count
            frames += count
            if current.frames == framesPerWindow { close() }
        }
    }

    /// Adds a row that holds for `count` frames.
    mutating func add(_ judgement: Judgement, repeated count: Int) {
        for _ in 0..<count {
            current.add(judgement, repeated: 1)
            frames += 1
            if current.frames == framesPerWindow { close() }
        }
    }

    private mutating func close() {
        append(start: frames - current.frames, current)
        current = model.pooling
    }

    private mutating func append(start: Int, _ pooling: Pooling) {
        // Silence stays apart from the class that comes first.
        if timeline.joinsEqual, let last = segments.last, last.pooling.decided == pooling.decided,
            last.pooling.isUndecided == pooling.isUndecided
        {
            segments[segments.count - 1].pooling.merge(pooling)
        } else {
            segments.append((start, pooling))
        }
    }

    /// The segments, without gaps, from 0 to `duration` seconds.
    mutating func finish(duration: Double) -> [Prediction.Segment] {
        // A rest of less than half a window says too little of its own.
        if current.frames > 0 {
            if 2 * current.frames < framesPerWindow, var last = segments.popLast() {
                last.pooling.merge(current)
                // With the rest it may be decided otherwise, and like the one before it.
                append(start: last.start, last.pooling)
            } else {
                close()
            }
        }
        let ends = segments.dropFirst().map { Double($0.start) * hop } + [duration]
        return zip(segments, ends).map { segment, end in
            let decided = model.decision(of: segment.pooling)
            return Prediction.Segment(
                start: Double(segment.start) * hop, end: end, label: decided.label, confidence: decided.confidence,
                probabilities: decided.probabilities, familiarity: decided.familiarity)
        }
    }
}
