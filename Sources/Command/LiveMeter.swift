import Foundation
import Stimmung
import StimmungSupport

/// What is known about a session while it runs, and the lines that show it.
///
///     speech    00:12  level ███████████·········  −24 dB
///     anger 87.3 %
///     anger      ██████████████████████████··········  87 %
///     boredom    ████································  12 %
struct LiveMeter {
    private let labels: [String]
    private var samples = 0
    private var isSpeech = false
    private var posterior: SessionPosterior?
    /// Mean square of the latest samples.
    private var power: Float = 0

    /// - Parameter labels: the classes of the model.
    init(labels: [String]) { self.labels = labels }

    /// Takes the next samples and the events that they caused.
    mutating func take(_ chunk: [Float], _ events: [SessionEvent]) {
        samples += chunk.count
        if !chunk.isEmpty { power = chunk.reduce(0) { $0 + $1 * $1 } / Float(chunk.count) }
        for event in events {
            switch event {
            case .speechStarted: isSpeech = true
            case .speechEnded: (isSpeech, posterior) = (false, nil)
            case .posterior(let newest): posterior = newest
            case .segment, .finished: break
            }
        }
    }

    /// The lines for a terminal, at most `rows`, of at most `columns` characters.
    func lines(columns: Int, rows: Int) -> [MeterLine] {
        let state = isSpeech ? "speech" : "pause "
        var lines = [MeterLine(content: "\(state)  \(clock)  " + level(columns - 17))]
        let result = posterior.map { PredictionText.named($0.label, $0.confidence) } ?? (isSpeech ? "…" : "no speech")
        lines.append(MeterLine(content: result, isStrong: posterior != nil))
        let percents = 6
        let width = min(labels.map(\.printable.count).max() ?? 0, max(8, columns / 3), max(1, columns - 1 - percents))
        for label in labels {
            let share = posterior?.probabilities.first { $0.label == label }?.probability
            let name = String(label.printable.prefix(width)).padded(to: width)
            let bar = Self.bar(share ?? 0, min(60, columns - width - percents - 3))
            let percent = Percent.text(share, digits: 0).padded(to: percents, .trailing)
            lines.append(MeterLine(content: name + (bar.isEmpty ? "" : "  " + bar) + percent, isStrong: label == posterior?.label))
        }
        // The classes are left out first.
        return Array(lines.prefix(max(1, lines.count <= rows ? rows : 2)).prefix(max(1, rows)))
    }

    /// Whole seconds of what has been received.
    private var clock: String {
        let seconds = samples / Recorder.rate
        let minutes = String(format: "%02d:%02d", seconds / 60 % 60, seconds % 60)
        return seconds < 3600 ? minutes : "\(seconds / 3600):\(minutes)"
    }

    /// The level from −60 dB to full scale.
    private func level(_ columns: Int) -> String {
        let decibels = Int((10 * log10(max(Double(power), 1e-12))).rounded())
        let number = (decibels <= -100 ? "–" : "\(decibels)".replacing("-", with: "−")).padded(to: 4, .trailing) + " dB"
        return "level " + Self.bar(Double(decibels + 60) / 60, min(40, columns - 6 - number.count)) + number
    }

    /// A bar with a share filled; empty if there is no room.
    private static func bar(_ share: Double, _ width: Int) -> String {
        guard width >= 4 else { return "" }
        let filled = min(width, max(0, Int((share * Double(width)).rounded())))
        return String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
    }
}
