import StimmungFeatures
import StimmungNetworks
import StimmungTensors

/// The posteriors of any stretch of a recording, from its frames as they arrive.
protocol Evidence {
    /// Frames that posteriors are available for, counted from the start of the recording.
    var frames: Int { get }
    /// Seconds of a step of the change detector.
    var step: Double { get }
    /// Seconds of the shortest stretch that is searched for changes.
    var shortestSearched: Double { get }
    /// Longest stretch in frames that is judged as a whole while its end is open; a longer one by its last frames.
    var live: Int { get }
    /// Frames on each side of a short stretch that are judged with it, because the stretch alone tells too little.
    var reach: Int { get }

    /// Whether several ranges are judged faster in one batch than one by one.
    var isFasterInBatches: Bool { get }

    /// Takes the next frames of the front end (for functionals, those that they are computed from).
    mutating func push(_ frames: Matrix)
    /// Ends the recording: the posteriors of all frames are available.
    mutating func finish()
    /// The posteriors of frames that have not been forgotten, weighted by their number.
    func pooling(_ range: Range<Int>) -> Pooling
    /// One row of features for frames that have not been forgotten: their functionals, or their mean; nil if there is none.
    func row(_ range: Range<Int>) -> [Float]?
    /// The probabilities of a stretch with this row at temperature 1, by networks that do not know the voice.
    func generalProbabilities(_ range: Range<Int>, row: [Float]) -> [Double]
    /// Uses another model of the same features from now on.
    mutating func adapt(to model: Model)
    /// The same for several ranges.
    func poolings(_ ranges: [Range<Int>]) -> [Pooling]
    /// Forgets the frames before this one.
    mutating func forget(before frame: Int)
}

extension Evidence {
    var isFasterInBatches: Bool { false }
    func poolings(_ ranges: [Range<Int>]) -> [Pooling] { ranges.map { pooling($0) } }
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
    /// The frames as they came; nil if neither voice nor source is learnt.
    private var raw: RecentRows?

    init(_ model: Model, _ options: SessionOptions) {
        self.model = model
        // Networks for voices must have heard the stream from its start.
        let begins = options.learning == .applied && model.voice == nil
        let ensemble = begins ? model.voiceNetworks.map { model.ensemble.blended(with: $0.ensemble, share: 0) } : nil
        stream = EnsembleStream(ensemble ?? model.ensemble)
        if options.isLearning { raw = RecentRows(columns: model.recipe.features.width) }
        posteriors = RecentRows(columns: model.ensemble.outputs)
        live = 10 * model.framesPerSecond
    }

    let live: Int
    var step: Double { 0.25 }
    var shortestSearched: Double { 0 }
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

    /// Those of all networks: the frames' posteriors are not kept for each network.
    func generalProbabilities(_ range: Range<Int>, row: [Float]) -> [Double] { pooling(range).rawProbabilities }

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
    private let general: Model
    private let functionals: Functionals
    private let memories: [NetworkMemories]
    private var recent: RecentRows

    init(_ recogniser: Recogniser, _ functionals: Functionals) {
        model = recogniser.model
        general = recogniser.general
        self.functionals = functionals
        memories = recogniser.memories
        recent = RecentRows(columns: functionals.frameOptions.width)
        live = 4 * model.framesPerSecond
        isFasterInBatches = !functionals.hasEncoder
        step = functionals.hasEncoder ? 0.5 : 0.25
        shortestSearched = functionals.hasEncoder ? 4 : 0
        reach = functionals.hasEncoder ? model.framesPerSecond * 3 / 4 : model.framesPerSecond * 2 / 5
    }

    /// An encoder hears each range anew.
    let isFasterInBatches: Bool
    /// Functionals of ten seconds take five times as long as those of two.
    let live: Int
    /// An encoder takes time for every range anew, so there are fewer, and none in a sentence: 3 s of speech took 36 ms more.
    let step: Double
    let shortestSearched: Double
    /// With a step of a quarter of a second, about a second is judged, as the shortest utterances in training; with an encoder, two seconds.
    let reach: Int
    var frames: Int { recent.end }

    mutating func push(_ frames: Matrix) { recent.append(frames) }

    mutating func finish() {}

    func pooling(_ range: Range<Int>) -> Pooling { poolings([range])[0] }

    /// In one pass of the networks, whose weights are larger than the second-level cache.
    func poolings(_ ranges: [Range<Int>]) -> [Pooling] {
        let rows = ranges.map { row($0) }
        var known = Matrix(rows: 0, columns: functionals.width)
        for row in rows { if let row { known.append(rows: row) } }
        guard known.rows > 0 else { return ranges.map { _ in model.pooling } }
        let judgements = model.judgements(of: known, memories)
        var next = 0
        return zip(ranges, rows).map { range, row in
            var pooling = model.pooling
            guard row != nil else { return pooling }
            pooling.add(judgements[next], repeated: range.count)
            next += 1
            return pooling
        }
    }

    func row(_ range: Range<Int>) -> [Float]? {
        range.isEmpty ? nil : try? functionals.row(of: recent.rows, range: recent.held(range))
    }

    func generalProbabilities(_ range: Range<Int>, row: [Float]) -> [Double] {
        let judgement = general.judgements(of: Matrix(rows: 1, columns: row.count, elements: row), memories)[0]
        return Pooling(general.recipe.decision, of: judgement.logs).rawProbabilities
    }

    mutating func adapt(to model: Model) { self.model = model }

    mutating func forget(before frame: Int) { recent.forget(before: frame) }
}

extension Model {
    /// Frames per second of the front end, rounded.
    var framesPerSecond: Int { max(1, Int((1 / recipe.features.startTime(ofFrame: 1)).rounded())) }

    /// Judges rows of functionals. Each row has the bits of a call of its own.
    ///
    /// - Parameter memories: working memories of each network.
    func judgements(of rows: Matrix, _ memories: [NetworkMemories]) -> [Judgement] {
        let isOnePass = ensemble.networks[0].layers.allSatisfy { !$0.isRecurrent && $0.context.left == 0 && $0.context.right == 0 }
        guard isOnePass || rows.rows == 1 else { return (0..<rows.rows).flatMap { judgements(of: rows.rows($0..<$0 + 1), memories) } }
        var input = rows
        normaliser?.apply(to: &input)
        let batch = PackedBatch(lengths: [Int](repeating: 1, count: rows.rows))
        let pass = Pass(batch: batch, phase: .inference)
        let members = zip(memories, ensemble.networks).map { memories, network in
            memories.withMemory(of: network) { memory in
                var logs = memory.forward(network, input, pass)
                LogSoftmax.apply(&logs)
                return logs
            }
        }
        let logs = LogPosteriors.mean(of: members, weights: ensemble.weights)
        let distances = familiarity == nil ? nil : distances(of: rows, standardised: input)
        return (0..<rows.rows).map { Judgement(logs: logs.rows($0..<$0 + 1), distance: distances?[$0]) }
    }

    /// `Familiarity.distance` of rows, whatever voice or source the model knows: they make a row more usual, but the recording no more familiar.
    private func distances(of rows: Matrix, standardised: Matrix) -> [Double] {
        var rows = trainingNormaliser == nil ? standardised : rows
        trainingNormaliser?.apply(to: &rows)
        return (0..<rows.rows).map { Familiarity.distance(of: rows.rows($0..<$0 + 1)) }
    }
}
