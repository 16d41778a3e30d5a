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
    /// One row of features for frames that have not been forgotten: their functionals, or their mean; nil if there is none.
    func row(_ range: Range<Int>) -> [Float]?
    /// Uses another model of the same features from now on.
    mutating func adapt(to model: Model)
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
    private var model: Model
    private var stream: EnsembleStream
    private var posteriors: RecentRows
    /// The frames as they came; nil if the voice is not learnt.
    private var raw: RecentRows?

    init(_ model: Model, isLearning: Bool = false) {
        self.model = model
        // Networks for voices must have heard the stream from its start.
        let begins = isLearning && model.voice == nil
        let ensemble = begins ? model.voiceNetworks.map { model.ensemble.blended(with: $0.ensemble, share: 0) } : nil
        stream = EnsembleStream(ensemble ?? model.ensemble)
        if isLearning { raw = RecentRows(columns: model.recipe.features.width) }
        posteriors = RecentRows(columns: model.ensemble.outputs)
        live = 10 * model.framesPerSecond
    }

    let live: Int
    /// The network remembers the frames before.
    var reach: Int { 0 }
    var frames: Int { posteriors.end }

    mutating func push(_ frames: Matrix) {
        raw?.append(frames)
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

    func row(_ range: Range<Int>) -> [Float]? {
        guard let raw, !range.isEmpty else { return nil }
        var statistics = FeatureStatistics(width: raw.rows.columns)
        statistics.add(raw.rows.rows(raw.held(range)))
        return statistics.mean
    }

    mutating func adapt(to model: Model) {
        self.model = model
        stream.weigh(as: model.ensemble)
    }

    mutating func forget(before frame: Int) {
        posteriors.forget(before: frame)
        raw?.forget(before: frame)
    }
}

/// The posteriors of a network that classifies the functionals of a stretch.
struct FunctionalsEvidence: Evidence {
    private var model: Model
    private let functionals: Functionals
    private var memories: [NetworkMemory]
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
        guard let row = row(range) else { return pooling }
        pooling.add(model.judgement(of: row, memories), repeated: range.count)
        return pooling
    }

    func row(_ range: Range<Int>) -> [Float]? {
        range.isEmpty ? nil : try? functionals.row(of: recent.rows, range: recent.held(range))
    }

    mutating func adapt(to model: Model) {
        self.model = model
        if memories.count != model.ensemble.networks.count { memories = model.ensemble.networks.map { $0.makeMemory() } }
    }

    mutating func forget(before frame: Int) { recent.forget(before: frame) }
}

extension Model {
    /// Frames per second of the front end, rounded.
    var framesPerSecond: Int { max(1, Int((1 / recipe.features.startTime(ofFrame: 1)).rounded())) }

    /// Judges one row of functionals.
    ///
    /// - Parameter memories: working memory of each network.
    func judgement(of row: [Float], _ memories: [NetworkMemory]) -> Judgement {
        var input = Matrix(rows: 1, columns: row.count, elements: row)
        let distance = familiarity == nil ? nil : distance(of: input)
        normaliser?.apply(to: &input)
        let pass = Pass(batch: PackedBatch(lengths: [1]), phase: .inference)
        let members = zip(memories, ensemble.networks).map { memory, network in
            var logs = memory.forward(network, input, pass)
            LogSoftmax.apply(&logs)
            return logs
        }
        return Judgement(
            logs: LogPosteriors.mean(of: members, weights: ensemble.weights),
            distance: distance)
    }

    /// `Familiarity.distance` of a row, whatever voice the model knows: the voice makes the row more usual, but the recording no more familiar.
    private func distance(of row: Matrix) -> Double {
        var row = row
        (generalNormaliser ?? normaliser)?.apply(to: &row)
        return Familiarity.distance(of: row)
    }
}
