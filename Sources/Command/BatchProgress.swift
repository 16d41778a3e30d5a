import Dispatch
import Foundation
import Synchronization

/// Progress of a batch whose size is unknown at first: counts of finished recordings, the rate, and the time left once the inputs are counted.
///
///     recognised: 120 of 2000, failed: 1, 35 per second, 54 s left
final class BatchProgress: Sendable {
    /// The result of a recording.
    enum Outcome { case done, failed, skipped }

    /// The finished recordings.
    struct Counts {
        var done = 0
        var failed = 0
        var skipped = 0
        var total: Int { done + failed + skipped }
    }

    let line: ProgressLine
    private let phase: String
    private let state = Mutex((counts: Counts(), total: Int?.none))

    /// - Parameter phase: such as `recognised`.
    init(_ phase: String, line: ProgressLine) {
        self.phase = phase
        self.line = line
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// Counts the recordings on another thread.
    func count(_ count: @escaping @Sendable () -> Int) {
        DispatchQueue.global(qos: .utility).async { [self] in
            let total = count()
            state.withLock { $0.total = total }
        }
    }

    func add(_ outcome: Outcome) {
        let (counts, total) = state.withLock { state in
            switch outcome {
            case .done: state.counts.done += 1
            case .failed: state.counts.failed += 1
            case .skipped: state.counts.skipped += 1
            }
            return (state.counts, state.total)
        }
        line.draw(phase, isLast: false) { elapsed in
            let rate = Double(counts.done + counts.failed) / max(elapsed, 1e-3)
            var parts = [summary(counts, of: total), rate < 10 ? String(format: "%.1f per second", rate) : "\(Int(rate)) per second"]
            if let total, rate > 0 { parts.append("\(ProgressLine.text(Double(max(0, total - counts.total)) / rate)) left") }
            return parts.joined(separator: ", ")
        }
    }

    /// The last line.
    func finish() {
        let counts = counts
        line.draw(phase, isLast: true) { "\(summary(counts, of: counts.total)), \(ProgressLine.text($0))" }
        line.finish()
    }

    private func summary(_ counts: Counts, of total: Int?) -> String {
        "\(phase): \(counts.done)" + (total.map { " of \($0)" } ?? "") + (counts.skipped > 0 ? ", skipped: \(counts.skipped)" : "")
            + (counts.failed > 0 ? ", failed: \(counts.failed)" : "")
    }
}
