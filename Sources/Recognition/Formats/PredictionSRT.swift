import Foundation
import StimmungSupport

/// A prediction as SubRip subtitles: a numbered cue for each segment of speech, with its label and confidence. Pauses have none.
///
///     1
///     00:00:00,000 --> 00:00:03,480
///     anger 92.0 %
///
/// Lines end with a line feed, the text is UTF-8 and without markup. Source: the format of the program SubRip, which has no standard.
enum PredictionSRT {
    /// The cues; without a timeline, one for the whole recording if it has speech. Empty without speech.
    static func document(_ prediction: Prediction) -> String {
        var number = 0
        return prediction.timeline.compactMap { segment in
            guard let label = segment.label else { return nil }
            number += 1
            let start = thousandths(segment.start)
            let end = max(start, thousandths(segment.end))
            // The text is one line, since an empty line would end the cue.
            return "\(number)\n\(clock(start)) --> \(clock(end))\n\(PredictionText.named(label, segment.confidence))\n\n"
        }.joined()
    }

    /// `HH:MM:SS,mmm`; more than 99 hours have more digits.
    private static func clock(_ thousandths: Int) -> String {
        let seconds = thousandths / 1000
        return String(format: "%02d:%02d:%02d,%03d", seconds / 3600, seconds / 60 % 60, seconds % 60, thousandths % 1000)
    }
}
