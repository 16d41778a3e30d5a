import Foundation
import StimmungSupport

/// Predictions as lines for people; where every channel is a recording of its own, a line begins with `call.mp3, channel 2`.
///
///     call.mp3: anger 87.3 %, then neutral 8.1 %
///         00:00–00:03  anger    92.0 %
///         00:03–00:05  neutral  51.5 %
///         00:05–00:08  no speech
enum PredictionText {
    /// In place of a label.
    private static let noSpeech = "no speech"

    static func lines(_ prediction: Prediction, segments: Bool) -> String {
        var first = titled(prediction.file, channel: prediction.channel).printable + ": " + (prediction.label?.printable ?? noSpeech)
        if let confidence = prediction.confidence { first += " \(Percent.text(confidence))" }
        let others = prediction.probabilities.filter { $0.label != prediction.label }
        if let next = others.max(by: { $0.probability < $1.probability }) {
            first += ", then \(next.label.printable) \(Percent.text(next.probability))"
        }
        return first + "\n" + (segments ? table(prediction.timeline) : "")
    }

    private static func table(_ segments: [Prediction.Segment]) -> String {
        let labels = segments.map { $0.label?.printable ?? noSpeech }
        let width = labels.map(\.count).max() ?? 0
        let fine = segments.contains { [$0.start, $0.end].contains { $0.rounded() != $0 } }
        return zip(segments, labels).map { segment, label in
            guard let percent = segment.confidence.map({ Percent.text($0) }) else {
                return "    \(clock(segment.start, fine: fine))–\(clock(segment.end, fine: fine))  \(label)\n"
            }
            let space = String(repeating: " ", count: width - label.count + 2 + max(0, 7 - percent.count))
            return "    \(clock(segment.start, fine: fine))–\(clock(segment.end, fine: fine))  \(label)\(space)\(percent)\n"
        }.joined()
    }

    /// `mm:ss`, or `mm:ss.t` where a time of the table is not a whole second.
    private static func clock(_ time: Double, fine: Bool) -> String {
        let tenths = max(0, Int(exactly: (time * 10).rounded()) ?? 0)
        let minutes = String(format: "%02d:%02d", tenths / 600, tenths / 10 % 60)
        return fine ? "\(minutes).\(tenths % 10)" : minutes
    }
}

/// A recording's name for people: `call.mp3`, or `call.mp3, channel 2`.
package func titled(_ file: String, channel: Int?) -> String { channel.map { "\(file), channel \($0)" } ?? file }
