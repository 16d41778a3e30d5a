import StimmungFeatures
import StimmungNetworks
import StimmungTensors

/// The posteriors of any stretch of a recording, from its frames as they arrive.
protocol Evidence {
    /// Frames that posteriors are available for, counted from the start of the recording.
    var frames: Int { get }
    /// Longest stretch in frames that is judged as a whole while its end is open; a longer one by its last frames.
    var live: Int { get }
    /// Frames on each side of a short stretch that are judged with it, because the stretch alone tells too little.
    var reach: Int { get }

    /// Takes the next frames of the front end (for functionals, those that they are computed from).
    mutating func push(_ frames: Matrix)
    /// Ends the recording: the posteriors of all frames are available.
    mutating func finish()
    /// The posteriors of frames that have not been forgotten, weighted by their number.
    func pooling(_ range: Range<Int>) -> Pooling
    /// Forgets the frames before this one.
    mutating func forget(before frame: Int)
}

/// Rows in a sliding window of a recording.
struct RecentRows {
    private(set) var rows: Matrix
    /// Number of the first row that is held.
    private(set) var first = 0

    var end: Int { first + rows.rows }

    init(columns: Int) { rows = Matrix(rows: 0, columns: columns) }

    mutating func append(_ more: Matrix) { rows.append(rows: more) }

    /// The range in the rows that are held.
    func held(_ range: Range<Int>) -> Range<Int> {
        precondition(range.lowerBound >= first && range.upperBound <= end, "rows \(range) of \(first)..<\(end)")
        return range.lowerBound - first..<range.upperBound - first
    }

    mutating func forget(before row: Int) {
        // Moving rows costs time, so it happens for many at once.
        guard row - first >= 256 else { return }
        let kept = min(row, end)
        rows = rows.rows(kept - first..<rows.rows)
        first = kept
    }
}

/// The posteriors of a network that classifies frames: pooled over a stretch.
struct FrameEvidence: Evidence {
    private let model: Model
    private var stream: EnsembleStream
    private var posteriors: RecentRows

    init(_ model: Model) {
        self.model = model
        stream = EnsembleStream(model.ensemble)
        posteriors = RecentRows(columns: model.ensemble.outputs)
        live = 10 * model.framesPerSecond
    }

    let live: Int
    /// The network remembers the frames before.
    var reach: Int { 0 }
    var frames: Int { posteriors.end }

    mutating func push(_ frames: Matrix) {
        var frames = frames
        model.normaliser?.apply(to: &frames)
        posteriors.append(stream.push(frames))
    }

    mutating func finish() { posteriors.append(stream.finish()) }

    func pooling(_ range: Range<Int>) -> Pooling {
        var pooling = model.pooling
        pooling.add(posteriors.rows, rows: posteriors.held(range))
        return pooling
    }

    mutating func forget(before frame: Int) { posteriors.forget(before: frame) }
}

/// The posteriors of a network that classifies the functionals of a stretch.
struct FunctionalsEvidence: Evidence {
    private let model: Model
    private let functionals: Functionals
    private let memories: [NetworkMemory]
    private var recent: RecentRows

    init(_ model: Model, _ functionals: Functionals) {
        self.model = model
        self.functionals = functionals
        memories = model.ensemble.networks.map { $0.makeMemory() }
        recent = RecentRows(columns: functionals.frameOptions.width)
        live = 4 * model.framesPerSecond
        reach = model.framesPerSecond * 2 / 5
    }

    /// Functionals of ten seconds take five times as long as those of two.
    let live: Int
    /// With a step of a quarter of a second, about a second is judged, as the shortest utterances in training.
    let reach: Int
    var frames: Int { recent.end }

    mutating func push(_ frames: Matrix) { recent.append(frames) }

    mutating func finish() {}

    func pooling(_ range: Range<Int>) -> Pooling {
        var pooling = model.pooling
        guard !range.isEmpty, let row = try? functionals.row(of: recent.rows, range: recent.held(range)) else { return pooling }
        pooling.add(model.logPosteriors(row, memories), repeated: range.count)
        return pooling
    }

    mutating func forget(before frame: Int) { recent.forget(before: frame) }
}

extension Model {
    /// Frames per second of the front end, rounded.
    var framesPerSecond: Int { max(1, Int((1 / recipe.features.startTime(ofFrame: 1)).rounded())) }

    /// The log posteriors of one row of functionals, `1 × classes`.
    ///
    /// - Parameter memories: working memory of each network.
    func logPosteriors(_ row: [Float], _ memories: [NetworkMemory]) -> Matrix {
        var input = Matrix(rows: 1, columns: row.count, elements: row)
        normaliser?.apply(to: &input)
        let pass = Pass(batch: PackedBatch(lengths: [1]), phase: .inference)
        return LogPosteriors.mean(
            of: zip(memories, ensemble.networks).map { memory, network in
                var logs = memory.forward(network, input, pass)
                LogSoftmax.apply(&logs)
                return logs
            })
    }
}
