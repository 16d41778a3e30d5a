import Features
import Networks
import Tensors

/// The posteriors of a recording by a model of functionals, as its frames come.
///
/// Such a model was trained on utterances of a few seconds and judges a stretch of speech as a whole. Here each second is judged by the
/// three seconds around it; the frames of a second share its posteriors. A recording of up to ten seconds is in addition judged as one
/// utterance, which is what training was about (`whole`). Memory does not grow with the recording's length.
struct FunctionalsPosteriors {
    /// Frames that are judged together, and those on either side that are heard as well: seconds at the default hop.
    private static let (block, context) = (100, 100)
    /// Frames of the longest recording that is judged as one utterance.
    private static let longest = 1000

    private let functionals: Functionals
    private let network: Network
    private let memory: NetworkMemory
    private let normaliser: Normaliser?
    /// Frames from `context` before the next block on, and how many of them lie before it.
    private var waiting: Matrix
    private var before = 0
    /// All frames, for as long as the recording may be one utterance.
    private var all: Matrix?

    init(_ model: Model) throws(FeatureError) {
        functionals = try Functionals(model.recipe.features)
        network = model.network
        memory = network.makeMemory()
        normaliser = model.normaliser
        waiting = Matrix(rows: 0, columns: functionals.frameOptions.width)
        all = waiting
    }

    /// Takes the next frames, as `Functionals.frameOptions` describe them; returns log posteriors, a row for each frame that is due.
    mutating func push(_ frames: Matrix) throws(FeatureError) -> Matrix {
        if let rows = all?.rows {
            if rows + frames.rows <= Self.longest { all?.append(rows: frames) } else { all = nil }
        }
        waiting.append(rows: frames)
        var due = Matrix(rows: 0, columns: network.outputs)
        while waiting.rows >= before + Self.block + Self.context {
            due.append(rows: try block(Self.block, heard: before + Self.block + Self.context))
        }
        return due
    }

    /// The log posteriors of the frames that are left at the recording's end.
    mutating func finish() throws(FeatureError) -> Matrix {
        var due = Matrix(rows: 0, columns: network.outputs)
        while waiting.rows > before {
            let rest = waiting.rows - before
            // A rest of less than half a block is judged with the block before it.
            due.append(rows: try block(rest < Self.block * 3 / 2 ? rest : Self.block, heard: waiting.rows))
        }
        return due
    }

    /// The log posteriors of the recording as one utterance, one row; nil where it is too long for that.
    func whole() throws(FeatureError) -> Matrix? {
        guard let all, all.rows > 0 else { return nil }
        return logPosteriors(try functionals.row(of: all))
    }

    /// Judges the next `count` frames by the first `heard` that wait, and lets go what is no longer needed.
    private mutating func block(_ count: Int, heard: Int) throws(FeatureError) -> Matrix {
        let logs = logPosteriors(try functionals.row(of: waiting, range: 0..<min(heard, before + count + Self.context)))
        let end = before + count
        let start = max(0, end - Self.context)
        waiting = waiting.rows(start..<waiting.rows)
        before = end - start
        return Matrix(
            rows: count, columns: logs.columns, elements: Array(repeatElement(logs.elements, count: count).joined()))
    }

    private func logPosteriors(_ row: [Float]) -> Matrix {
        var input = Matrix(rows: 1, columns: row.count, elements: row)
        normaliser?.apply(to: &input)
        var logs = memory.forward(network, input, Pass(batch: PackedBatch(lengths: [1]), phase: .inference))
        LogSoftmax.apply(&logs)
        return logs
    }
}
