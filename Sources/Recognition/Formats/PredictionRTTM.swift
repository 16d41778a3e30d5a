import StimmungSupport

/// Predictions as RTTM, the emotion in the place of the speaker:
/// `SPEAKER <recording> 1 <start> <duration> <NA> <NA> <label> <confidence> <NA>`, times in seconds.
///
/// Source: NIST, *The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan*, appendix A.
enum PredictionRTTM {
    /// A line for each segment; without a timeline, one for the whole recording.
    static func lines(_ prediction: Prediction) -> String {
        prediction.timeline.map { segment in
            // Both ends are rounded, not the duration: so segments that meet still do.
            let start = thousandths(segment.start)
            let duration = max(0, thousandths(segment.end) - start)
            return [
                "SPEAKER", field(stem(ofRecording: prediction.file)), "1", seconds(start), seconds(duration), "<NA>", "<NA>",
                field(segment.label), Decimal6.text(segment.confidence) ?? "<NA>", "<NA>",
            ].joined(separator: " ") + "\n"
        }.joined()
    }

    private static func thousandths(_ time: Double) -> Int {
        // A time that is none counts as the beginning, as every field must be a number.
        max(0, Int(exactly: (time * 1000).rounded()) ?? 0)
    }

    private static func seconds(_ thousandths: Int) -> String {
        let rest = String(thousandths % 1000)
        return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    /// Fields end at white space, so there is none within one.
    private static func field(_ text: String) -> String {
        guard !text.isEmpty else { return "<NA>" }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.isWhitespace || $0.value < 0x20 ? "_" : $0 }))
    }
}
