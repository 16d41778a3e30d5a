import StimmungSupport

/// Predictions as RTTM, the emotion in the place of the speaker:
/// `SPEAKER <id> <channel> <start> <duration> <NA> <NA> <label> <confidence> <NA>`, times in seconds.
///
/// Source: NIST, *The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan*, appendix A.
enum PredictionRTTM {
    /// A line for each segment of speech; without a timeline, one for the whole recording if it has speech.
    ///
    /// - Parameter name: the recording's name among those of the document; nil for the file's name without folders and extension.
    static func lines(_ prediction: Prediction, name: String?) -> String {
        let id = id(name ?? stem(of: prediction.file))
        return prediction.timeline.compactMap { segment in
            guard let label = segment.label else { return nil }
            // Both ends are rounded, not the duration: so segments that meet still do.
            let start = thousandths(segment.start)
            let duration = max(0, thousandths(segment.end) - start)
            return [
                "SPEAKER", id, "\(prediction.channel ?? 1)", seconds(start), seconds(duration), "<NA>", "<NA>",
                field(label), segment.confidence.flatMap { Decimal6.text($0) } ?? "<NA>", "<NA>",
            ].joined(separator: " ") + "\n"
        }.joined()
    }

    /// A name as a file id. Slashes, white space, control characters and `%` become `%` and two hexadecimal digits for each byte, as in a URL, so
    /// that different names have different ids.
    private static func id(_ name: String) -> String {
        guard !name.isEmpty else { return "<NA>" }
        var id = "".unicodeScalars
        for scalar in name.unicodeScalars {
            let isPlain =
                PathBytes.byte(scalar) == nil && scalar.value > 0x20 && scalar.value != 0x7F && scalar != "/" && scalar != "%"
                && !scalar.properties.isWhitespace
            if isPlain {
                id.append(scalar)
            } else {
                for byte in PathBytes.byte(scalar).map({ [$0] }) ?? Array(String(scalar).utf8) {
                    id += (byte < 16 ? "%0" : "%").unicodeScalars + String(byte, radix: 16, uppercase: true).unicodeScalars
                }
            }
        }
        return String(id)
    }

    private static func seconds(_ thousandths: Int) -> String {
        let rest = String(thousandths % 1000)
        return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    /// Fields end at white space, so a label's becomes underscores.
    private static func field(_ text: String) -> String {
        guard !text.isEmpty else { return "<NA>" }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.isWhitespace || $0.value < 0x20 ? "_" : $0 }))
    }
}

/// A time in whole milliseconds. Every field must be a number, so a time that is not finite becomes 0.
func thousandths(_ time: Double) -> Int { max(0, Int(exactly: (time * 1000).rounded()) ?? 0) }
