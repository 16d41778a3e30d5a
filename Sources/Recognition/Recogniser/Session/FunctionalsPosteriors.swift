import Foundation
import StimmungFeatures
import StimmungNetworks
import StimmungTensors

/// The posteriors of a recording by a model of functionals, as its frames come.
///
/// Such a model was trained on utterances of a few seconds and judges a stretch of speech as a whole. Here each second is judged together with the
/// second before and the second after it. A recording of up to ten seconds is judged as one utterance, which is what training was about; of a
/// longer one the seconds count that are not silent. Memory does not grow with the recording's length, but for a few numbers a second.
struct FunctionalsPosteriors {
    /// A second of the recording: its frames, their loudness and what they are judged to be.
    private struct Block {
        let frames: Int
        let level: Float
        let judgement: Judgement
    }

    /// A second that is this much fainter than the loudest one, in natural logarithms of energy (30 dB), is silence.
    private static let silence: Float = 6.9

    private let functionals: Functionals
    private let model: Model
    private let memories: [NetworkMemories]
    /// Frames of a second, and of the longest recording that is judged as one utterance.
    private let second: Int
    private let longest: Int
    /// Frames from a second before the next block on, and how many of them lie before it.
    private var waiting: Matrix
    private var before = 0
    /// All frames, for as long as the recording may be one utterance.
    private var all: Matrix?
    private var blocks: [Block] = []

    /// - Parameter memories: working memories of each network.
    init(_ model: Model, _ functionals: Functionals, _ memories: [NetworkMemories]) {
        self.functionals = functionals
        self.model = model
        self.memories = memories
        second = model.framesPerSecond
        longest = 10 * second
        waiting = Matrix(rows: 0, columns: functionals.frameOptions.width)
        all = waiting
    }

    /// Takes the next frames, as `Functionals.frameOptions` describe them.
    mutating func push(_ frames: Matrix) throws(FeatureError) {
        guard let beginning = all else { return try judge(frames) }
        if beginning.rows + frames.rows <= longest {
            all?.append(rows: frames)
        } else {
            all = nil
            try judge(beginning)
            try judge(frames)
        }
    }

    /// Judges, second by second, frames that follow each other.
    private mutating func judge(_ frames: Matrix) throws(FeatureError) {
        waiting.append(rows: frames)
        while waiting.rows >= before + 2 * second { try addBlock(second) }
    }

    /// Judges what is left at the end of a long recording.
    mutating func finish() throws(FeatureError) {
        if all == nil { try finishBlocks() }
    }

    private mutating func finishBlocks() throws(FeatureError) {
        while waiting.rows > before {
            let rest = waiting.rows - before
            // A rest of less than half a second is judged with the second before it.
            try addBlock(rest < second * 3 / 2 ? rest : second)
        }
    }

    /// Adds what decides about the recording: one row for all of it, or one for each frame that is not silent.
    func addWhole(to pooling: inout Pooling) throws(FeatureError) {
        if let all, all.rows > 0 {
            pooling.add(try judgement(of: all, 0..<all.rows), repeated: 1)
        } else {
            for block in loudBlocks where block.isLoud { for _ in 0..<block.frames { pooling.add(block.judgement, repeated: 1) } }
        }
    }

    /// Adds every frame, second by second: in silence all classes have the same posterior. Only now a recording that is one utterance is judged second
    /// by second.
    mutating func addFrames(to segments: inout SegmentPooling) throws(FeatureError) {
        if blocks.isEmpty, let all {
            try judge(all)
            try finishBlocks()
        }
        let classes = model.ensemble.outputs
        let silence = Judgement(logs: Matrix(rows: 1, columns: classes, repeating: -log(Float(classes))), distance: nil)
        for block in loudBlocks { segments.add(block.isLoud ? block.judgement : silence, repeated: block.frames) }
    }

    private var loudBlocks: [(frames: Int, judgement: Judgement, isLoud: Bool)] {
        let loudest = blocks.reduce(-Float.infinity) { max($0, $1.level) }
        return blocks.map { ($0.frames, $0.judgement, $0.level >= loudest - Self.silence) }
    }

    private func judgement(of frames: Matrix, _ range: Range<Int>) throws(FeatureError) -> Judgement {
        let row = try functionals.row(of: frames, range: range)
        return model.judgements(of: Matrix(rows: 1, columns: row.count, elements: row), memories)[0]
    }

    /// Judges the next `count` frames, and lets go what is no longer needed.
    private mutating func addBlock(_ count: Int) throws(FeatureError) {
        let end = before + count
        let level = functionals.level(of: waiting, range: before..<end)
        blocks.append(
            Block(frames: count, level: level, judgement: try judgement(of: waiting, 0..<min(waiting.rows, end + second))))
        let start = max(0, end - second)
        waiting = waiting.rows(start..<waiting.rows)
        before = end - start
    }
}
