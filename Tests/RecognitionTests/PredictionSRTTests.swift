import Foundation
import Stimmung
import StimmungTestSupport
import Testing

struct PredictionSRTTests {
    private func document(_ segments: [Prediction.Segment]) throws -> String {
        var prediction = Example.short
        prediction.segments = segments
        return try PredictionWriter.document([.success(prediction)], format: .srt, classes: [], segments: true)
    }

    private func segment(_ start: Double, _ end: Double, _ label: String?, _ confidence: Double?) -> Prediction.Segment {
        .init(start: start, end: end, label: label, confidence: confidence, probabilities: [])
    }

    @Test func aCueForEachSegmentOfSpeech() throws {
        let text = try document([
            segment(0, 1.2344, "anger", 0.8733), segment(1.2344, 2, nil, nil), segment(2, 61.9996, "a b", 1),
        ])
        #expect(
            text == """
                1
                00:00:00,000 --> 00:00:01,234
                anger 87.3 %

                2
                00:00:02,000 --> 00:01:02,000
                a b 100.0 %


                """)
    }

    @Test func hoursHaveAsManyDigitsAsTheyNeed() throws {
        let text = try document([segment(359_999.999, 3_600_000.5, "x", 0.5)])
        #expect(text.contains("\n99:59:59,999 --> 1000:00:00,500\n"))
    }

    @Test func withoutATimelineTheRecordingIsOneCue() throws {
        let text = try PredictionWriter.document([.success(Example.short)], format: .srt, classes: [], segments: false)
        #expect(text == "1\n00:00:00,000 --> 00:00:01,500\nneutral 60.0 %\n\n")
    }

    @Test func withoutSpeechThereIsNoCue() throws {
        #expect(try document([]).isEmpty && document([segment(0, 9, nil, nil)]).isEmpty)
    }

    /// A recording without speech counts too.
    @Test func aSecondRecordingIsRefused() throws {
        var silent = Example.short
        silent.segments = []
        for first in [Example.short, silent] {
            let error = try #require(throws: PredictionError.self) {
                try PredictionWriter.document([.success(first), .success(Example.call)], format: .srt, classes: [], segments: true)
            }
            #expect(error == .severalRecordings(format: .srt, file: Example.call.file) && "\(error)".hasPrefix("An SRT file describes one"))
        }
    }

    /// Another reader gets every cue back, whatever a label contains.
    @Test(.enabled(if: Python(importing: "srt") != nil, "the Python package srt is not installed"))
    func anotherReaderUnderstandsTheCues() throws {
        let labels = ["anger", "two\nlines", "\n\n7\n00:00:00,000 --> 00:00:01,000\nx", "wörter", "", "cr\r\n", "\u{2028}"]
        let segments = labels.enumerated().map { segment(Double($0) * 180_000.123, Double($0) * 180_000.123 + 1.5, $1, 0.25) }
        let folder = try TemporaryFolder()
        try folder.write("a.srt", document(segments))
        try folder.write(
            "read.py",
            """
            import json, sys, srt
            cues = list(srt.parse(open(sys.argv[1], newline="").read()))
            print(json.dumps([[c.index, round(1000 * c.start.total_seconds()), round(1000 * c.end.total_seconds()), c.content] for c in cues]))
            """)
        let text = try #require(Python(importing: "srt")).run([folder.file("read.py"), folder.file("a.srt")])
        let cues = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[Any]])
        #expect(cues.map { $0[0] as? Int } == Array(1...labels.count))
        #expect(cues.map { $0[1] as? Int } == labels.indices.map { $0 * 180_000_123 })
        #expect(cues.map { $0[2] as? Int } == labels.indices.map { $0 * 180_000_123 + 1500 })
        let texts = cues.compactMap { ($0[3] as? String)?.trimmingCharacters(in: .whitespaces) }
        #expect(
            texts == [
                "anger 25.0 %", "two\\nlines 25.0 %", "\\n\\n7\\n00:00:00,000 --> 00:00:01,000\\nx 25.0 %", "wörter 25.0 %", "25.0 %",
                "cr\\r\\n 25.0 %", "\\u{2028} 25.0 %",
            ])
    }
}
