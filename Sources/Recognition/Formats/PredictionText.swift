import Foundation
import StimmungSupport

/// Predictions as lines for people; where every channel is a recording of its own, a line begins with `call.mp3, channel 2`.
///
///     call.mp3: anger 87.3 %, then neutral 8.1 % (somewhat unlike the training data)
///         00:00–00:03  anger    92.0 %
///         00:03–00:05  neutral  51.5 %
///         00:05–00:08  no speech
package enum PredictionText {
    /// In place of a label.
    private static let noSpeech = "no speech"

    static func lines(_ prediction: Prediction, _ layout: PredictionLayout) -> String {
        var first = "\(titled(prediction.file, channel: prediction.channel).printable): "
        first += result(prediction.label, prediction.confidence, prediction.probabilities)
        if layout.affect, prediction.label != nil { first += ", " + affect(of: prediction.probabilities).joined(separator: ", ") }
        if let words = prediction.familiarity.flatMap(words) { first += " (\(words))" }
        return first + "\n" + (layout.segments ? table(prediction.timeline, affect: layout.affect) : "")
    }

    /// `arousal +0.72` and `valence −0.41`, or a dash instead of numbers.
    private static func affect(of probabilities: [ClassProbability]) -> [String] {
        let affect = AffectMapping.affect(of: probabilities)
        func number(_ value: Double?) -> String {
            guard let value else { return "–" }
            // Without the sign of zero.
            let rounded = (value * 100).rounded() / 100 + 0
            return String(format: rounded == 0 ? "%.2f" : "%+.2f", rounded).replacing("-", with: "−")
        }
        return ["arousal \(number(affect?.arousal))", "valence \(number(affect?.valence))"]
    }

    /// `anger 87.3 %, then neutral 8.1 %`, `uncertain: anger 41.2 %, then neutral 30.0 %`, or `no speech`.
    package static func result(_ label: String?, _ confidence: Double?, _ probabilities: [ClassProbability]) -> String {
        if let label, label == Recogniser.uncertain, !probabilities.contains(where: { $0.label == label }),
            let likeliest = probabilities.max(by: { $0.probability < $1.probability })
        {
            return "\(label): " + result(likeliest.label, confidence, probabilities)
        }
        var text = named(label, confidence)
        let others = probabilities.filter { $0.label != label }
        if let next = others.max(by: { $0.probability < $1.probability }) { text += ", then \(named(next.label, next.probability))" }
        return text
    }

    /// `anger 87.3 %`, or `no speech`.
    package static func named(_ label: String?, _ confidence: Double?) -> String {
        ([label?.printable ?? noSpeech] + (confidence.map { [Percent.text($0)] } ?? [])).joined(separator: " ")
    }

    /// A line of a table, without its end: `00:00.0–00:03.5  anger    92.0 %`.
    ///
    /// - Parameters:
    ///   - width: characters of the longest label.
    ///   - fine: whether times have tenths of a second.
    package static func row(_ segment: Prediction.Segment, width: Int, fine: Bool = true) -> String {
        let times = "\(clock(segment.start, fine: fine))–\(clock(segment.end, fine: fine))"
        let label = segment.label?.printable ?? noSpeech
        guard let percent = segment.confidence.map({ Percent.text($0) }) else { return "\(times)  \(label)" }
        return "\(times)  \(label.padded(to: width))  \(percent.padded(to: 7, .trailing))"
    }

    /// How unlike the training data speech of this familiarity is; nil if it is not.
    private static func words(_ familiarity: Double) -> String? {
        familiarity < 0.25 ? "unlike the training data" : familiarity < 0.75 ? "somewhat unlike the training data" : nil
    }

    private static func table(_ segments: [Prediction.Segment], affect: Bool) -> String {
        let width = segments.map { ($0.label?.printable ?? noSpeech).count }.max() ?? 0
        let fine = segments.contains { [$0.start, $0.end].contains { $0.rounded() != $0 } }
        return segments.map { segment in
            let mapped = affect && segment.label != nil ? self.affect(of: segment.probabilities) : []
            return "    \(([row(segment, width: width, fine: fine)] + mapped).joined(separator: "  "))\n"
        }.joined()
    }

    /// `mm:ss`, or `mm:ss.t` where a time of the table is not a whole second.
    package static func clock(_ time: Double, fine: Bool) -> String {
        let tenths = max(0, Int(exactly: (time * 10).rounded()) ?? 0)
        let minutes = String(format: "%02d:%02d", tenths / 600, tenths / 10 % 60)
        return fine ? "\(minutes).\(tenths % 10)" : minutes
    }
}

/// A recording's name for people: `call.mp3`, or `call.mp3, channel 2`.
package func titled(_ file: String, channel: Int?) -> String { channel.map { "\(file), channel \($0)" } ?? file }
