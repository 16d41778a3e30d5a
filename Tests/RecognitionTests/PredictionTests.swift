import Foundation
import Stimmung
import StimmungTensors
import StimmungTestSupport
import Testing

/// Predictions that the tests of the formats share.
enum Example {
    static let classes = ["anger", "joy, \"wild\"", "neutral"]

    static func probabilities(_ values: [Double]) -> [ClassProbability] {
        zip(classes, values).map { ClassProbability(label: $0, probability: $1) }
    }

    static let call = Prediction(
        file: "calls/a \"call\", line\r\n2.mp3", label: "anger", confidence: 0.873,
        probabilities: probabilities([0.873, 0.0460001234, 0.081]),
        segments: [
            .init(start: 0, end: 2.5, label: "anger", confidence: 1, probabilities: probabilities([1, 0, 1e-9])),
            .init(start: 3, end: 65.25, label: "neutral", confidence: 1.0 / 3, probabilities: probabilities([0.3, 0.1, 1.0 / 3])),
            .init(start: 65.25, end: 70, label: "joy, \"wild\"", confidence: 0.5, probabilities: probabilities([0.2, 0.5, 0.3])),
        ], duration: 70.123456789)
    static let short = Prediction(
        file: "b.wav", label: "neutral", confidence: 0.6, probabilities: probabilities([0.3, 0.1, 0.6]), familiarity: 0.25,
        duration: 1.5)
    /// A channel of a recording with a warning.
    static let unusual = Prediction(
        file: "d e.wav", channel: 2, label: "neutral", confidence: 0.6, probabilities: probabilities([0.3, 0.1, 0.6]), duration: 1.5,
        warnings: [.longerThanDeclared(declared: 1, read: 1.5), .oppositePhase(channel: 2, channels: 2)])
    static let outcomes: [PredictionOutcome] = [
        .success(call), .failure(PredictionFailure(file: "c\t.wav", error: Words("c is \"no\" audio,\nsorry \u{1}"))), .success(short),
    ]

    /// An error that says what it is told to.
    struct Words: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

struct PredictionJSONTests {
    private func objects(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test func aJSONReaderGetsEverythingBack() throws {
        let text = try PredictionWriter.document(Example.outcomes, format: .json, classes: Example.classes, segments: true)
        let objects = try objects(text)
        #expect(objects.count == 3)
        #expect(objects[0]["file"] as? String == Example.call.file)
        #expect(objects[0]["label"] as? String == "anger" && objects[0]["confidence"] as? Double == 0.873)
        #expect(objects[0]["duration"] as? Double == 70.123457 && (objects[0]["warnings"] as? [Any])?.isEmpty == true)
        #expect(objects[0]["probabilities"] as? [String: Double] == ["anger": 0.873, "joy, \"wild\"": 0.046, "neutral": 0.081])
        let segments = try #require(objects[0]["segments"] as? [[String: Any]])
        #expect(segments.map { $0["start"] as? Double } == [0, 3, 65.25] && segments.map { $0["end"] as? Double } == [2.5, 65.25, 70])
        #expect(segments[1]["label"] as? String == "neutral" && segments[1]["confidence"] as? Double == 0.333333)
        #expect(segments[0]["probabilities"] as? [String: Double] == ["anger": 1, "joy, \"wild\"": 0, "neutral": 0])
        #expect(objects[1] as? [String: String] == ["file": "c\t.wav", "error": "c is \"no\" audio,\nsorry \u{1}"])
        // Where no timeline was made, the recording is one segment.
        #expect((objects[2]["segments"] as? [[String: Any]])?.map { $0["end"] as? Double } == [1.5])
    }

    @Test func keysAndClassesKeepTheirOrder() throws {
        let text = try PredictionWriter.document([.success(Example.short)], format: .jsonl, classes: Example.classes, segments: false)
        #expect(
            text == #"""
                {"file": "b.wav", "duration": 1.5, "label": "neutral", "confidence": 0.6, "probabilities": {"anger": 0.3, "joy, \"wild\"": 0.1, "neutral": 0.6}, "familiarity": 0.25, "warnings": []}

                """#)
    }

    @Test func everyLineOfJSONLinesIsAnObject() throws {
        let lines = try PredictionWriter.document(Example.outcomes, format: .jsonl, classes: Example.classes, segments: true)
        #expect(lines.hasSuffix("}\n"))
        let parts = lines.split(separator: "\n")
        #expect(parts.count == 3)
        let array = try PredictionWriter.document(Example.outcomes, format: .json, classes: Example.classes, segments: true)
        #expect(try objects("[\(parts.joined(separator: ","))]") as NSArray == objects(array) as NSArray)
    }

    @Test func nothingAtAllIsAnEmptyArray() throws {
        #expect(try objects(PredictionWriter.document([], format: .json, classes: [], segments: false)).isEmpty)
    }

    /// Text of every kind and numbers of every size give valid JSON that says the same.
    @Test func anyTextAndNumberIsValid() throws {
        var random = RandomSource(seed: 5)
        let scalars = (0..<0x20).map { $0 } + [0x22, 0x5C, 0x2F, 0x7F, 0x301, 0x2028, 0xE4, 0x1F600, 0x10FFFF, 0x61]
        let numbers = [0, -0.0, 1e-7, 0.1234567, 0.9999999, -2.5, 1e8 + 1.0 / 3, 1e9, 1.5e300, .infinity, .nan]
        for _ in 0..<500 {
            let text = String(
                String.UnicodeScalarView((0..<8).compactMap { _ in Unicode.Scalar(UInt32(scalars[random.index(below: scalars.count)])) }))
            let number = numbers[random.index(below: numbers.count)]
            let prediction = Prediction(
                file: text, label: text, confidence: number, probabilities: [.init(label: text, probability: number)], duration: 1)
            let object = try objects(PredictionWriter.document([.success(prediction)], format: .json, classes: [text], segments: true))[0]
            let read = try #require(object["file"] as? String)
            #expect(Array(read.unicodeScalars) == Array(text.unicodeScalars))
            if number.isFinite {
                let value = try #require(object["confidence"] as? Double)
                #expect(abs(value - number) <= 0.5000001e-6 + abs(number) * 1e-15)
            } else {
                #expect(object["confidence"] is NSNull)
            }
        }
    }
}

/// Predictions as values of JSON, as programs exchange them.
struct PredictionCodingTests {
    private func again(_ prediction: Prediction) throws -> Prediction {
        try JSONDecoder().decode(Prediction.self, from: JSONEncoder().encode(prediction))
    }

    @Test func everyValueReadsBack() throws {
        for prediction in [Example.call, Example.short, Example.unusual] { #expect(try again(prediction) == prediction) }
        let unknown = Prediction(
            file: "x", label: "a", confidence: .nan, probabilities: [.init(label: "a", probability: .nan)], duration: 1)
        let read = try again(unknown)
        #expect(read.confidence == nil && read.probabilities[0].probability.isNaN && read.segments == nil && read.duration == 1)
    }

    /// The JSON that is printed is a prediction, with its numbers rounded.
    @Test func printedJSONIsDecoded() throws {
        let text = try PredictionWriter.document(
            [.success(Example.call), .success(Example.short)], format: .json, classes: Example.classes, segments: true)
        let read = try JSONDecoder().decode([Prediction].self, from: Data(text.utf8))
        let written = try PredictionWriter.document(read.map { .success($0) }, format: .json, classes: Example.classes, segments: true)
        #expect(written == text)
        #expect(read[0].probabilities.map(\.label) == Example.classes && read[1].duration == Example.short.duration)
    }

    @Test func encodedJSONHasThePrintedKeys() throws {
        for prediction in [Example.short, Example.unusual] {
            let printed = try JSONSerialization.jsonObject(
                with: Data(
                    PredictionWriter.document([.success(prediction)], format: .jsonl, classes: Example.classes, segments: false).utf8)
            )
            let encoded = try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(prediction)) as? [String: Any])
            #expect(encoded as NSDictionary == printed as? NSDictionary)
        }
    }

    /// JSON of an earlier version has no warnings and no channel.
    @Test func absentKeysAreNone() throws {
        let old = #"{"file": "b.wav", "label": "a", "confidence": 1, "probabilities": {"a": 1}, "duration": 2}"#
        let read = try JSONDecoder().decode(Prediction.self, from: Data(old.utf8))
        #expect(read.warnings.isEmpty && read.channel == nil && read.duration == 2)
    }
}

struct PredictionCSVTests {
    /// The cells of a table by RFC 4180, byte by byte.
    private func cells(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var cell: [UInt8] = []
        var quoted = false
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            switch (byte, quoted) {
            case (UInt8(ascii: "\""), true) where bytes.first == byte: cell.append(bytes.removeFirst())
            case (UInt8(ascii: "\""), _): quoted.toggle()
            case (UInt8(ascii: ","), false), (UInt8(ascii: "\n"), false):
                row.append(String(decoding: cell, as: UTF8.self))
                cell = []
                guard byte == UInt8(ascii: "\n") else { continue }
                rows.append(row)
                row = []
            default: cell.append(byte)
            }
        }
        return rows
    }

    @Test func aTableOfFiles() throws {
        let text = try PredictionWriter.document(Example.outcomes, format: .csv, classes: Example.classes, segments: false)
        #expect(
            cells(text) == [
                ["file", "duration", "label", "confidence", "p_anger", "p_joy, \"wild\"", "p_neutral", "familiarity", "warnings", "error"],
                [Example.call.file, "70.123457", "anger", "0.873", "0.873", "0.046", "0.081", "", "", ""],
                ["c\t.wav", "", "", "", "", "", "", "", "", "c is \"no\" audio,\nsorry \u{1}"],
                ["b.wav", "1.5", "neutral", "0.6", "0.3", "0.1", "0.6", "0.25", "", ""],
            ])
    }

    /// The names of classes are those of a corpus, which may use any word.
    @Test func classesNamedLikeColumnsHaveColumnsOfTheirOwn() throws {
        let names = ["file", "label", "error", "true", "predicted", "p_label", "channel"]
        for segments in [false, true] {
            let text = try PredictionWriter.document([], format: .csv, classes: names, segments: segments)
            let header = try #require(cells(text).first)
            #expect(Set(header).count == header.count && names.allSatisfy { header.contains("p_" + $0) })
        }
    }

    @Test func channelsAndWarningsHaveColumns() throws {
        let text = try PredictionWriter.document([.success(Example.unusual)], format: .csv, classes: ["anger"], segments: false)
        #expect(
            cells(text) == [
                ["file", "channel", "duration", "label", "confidence", "p_anger", "familiarity", "warnings", "error"],
                ["d e.wav", "2", "1.5", "neutral", "0.6", "0.3", "", "audio.longer-than-declared audio.opposite-phase", ""],
            ])
    }

    @Test func aTableOfSegments() throws {
        var empty = Example.short
        empty.segments = []
        let text = try PredictionWriter.document(
            Example.outcomes + [.success(empty)], format: .csv, classes: Example.classes, segments: true)
        #expect(
            cells(text) == [
                [
                    "file", "start", "end", "label", "confidence", "p_anger", "p_joy, \"wild\"", "p_neutral", "familiarity", "warnings",
                    "error",
                ],
                [Example.call.file, "0", "2.5", "anger", "1", "1", "0", "0", "", "", ""],
                [Example.call.file, "3", "65.25", "neutral", "0.333333", "0.3", "0.1", "0.333333", "", "", ""],
                [Example.call.file, "65.25", "70", "joy, \"wild\"", "0.5", "0.2", "0.5", "0.3", "", "", ""],
                ["c\t.wav", "", "", "", "", "", "", "", "", "", "c is \"no\" audio,\nsorry \u{1}"],
                ["b.wav", "0", "1.5", "neutral", "0.6", "0.3", "0.1", "0.6", "0.25", "", ""],
                ["b.wav", "", "", "neutral", "0.6", "0.3", "0.1", "0.6", "0.25", "", ""],
            ])
    }

    @Test func quotesAreOnlyWhereTheyMustBe() throws {
        let text = try PredictionWriter.document(
            [.failure(PredictionFailure(file: "a b.wav", error: Example.Words("\"")))], format: .csv, classes: ["x"], segments: false)
        #expect(text == "file,duration,label,confidence,p_x,familiarity,warnings,error\na b.wav,,,,,,,\"\"\"\"\n")
    }
}

struct PredictionRTTMTests {
    @Test func segmentsAreLinesOfTenFields() throws {
        let text = try PredictionWriter.document(Example.outcomes, format: .rttm, classes: Example.classes, segments: true)
        let stem = "a%20\"call\",%20line%0D%0A2"
        #expect(
            text.split(separator: "\n").map(String.init) == [
                "SPEAKER \(stem) 1 0.000 2.500 <NA> <NA> anger 1 <NA>",
                "SPEAKER \(stem) 1 3.000 62.250 <NA> <NA> neutral 0.333333 <NA>",
                "SPEAKER \(stem) 1 65.250 4.750 <NA> <NA> joy,_\"wild\" 0.5 <NA>",
                "SPEAKER b 1 0.000 1.500 <NA> <NA> neutral 0.6 <NA>",
            ])
    }

    /// Names that differ in anything differ as ids, and no id contains white space.
    @Test func idsAreDistinct() throws {
        let names = [
            "a/call", "b/call", "a-call", "a call", "a_call", "a%20call", "a%2Fcall", "a\tcall", "a\u{A0}call", "a\u{2028}call", "ä",
            "a\u{308}",
        ]
        var writer = PredictionWriter(format: .rttm, classes: [], segments: false)
        let lines = try names.map { try writer.item(.success(Example.short), name: $0) }
        let fields = lines.map { $0.split(whereSeparator: \.isWhitespace) }
        #expect(fields.allSatisfy { $0.count == 10 && $0[2] == "1" })
        #expect(Set(fields.map { Array($0[1].utf8) }).count == names.count)
        #expect(fields[0][1] == "a%2Fcall" && fields[2][1] == "a-call" && fields[4][1] == "a_call")
    }

    @Test func theChannelHasItsField() throws {
        let text = try PredictionWriter.document([.success(Example.unusual)], format: .rttm, classes: [], segments: false)
        #expect(text == "SPEAKER d%20e 2 0.000 1.500 <NA> <NA> neutral 0.6 <NA>\n")
    }

    /// Segments that meet do so after rounding.
    @Test func roundingLeavesNoGaps() throws {
        var prediction = Example.short
        let times = (0...50).map { Double($0) * 0.33337 }
        prediction.segments = zip(times, times.dropFirst()).map {
            .init(start: $0, end: $1, label: "x", confidence: 1, probabilities: [])
        }
        let text = try PredictionWriter.document([.success(prediction)], format: .rttm, classes: [], segments: true)
        var end = 0
        for line in text.split(separator: "\n") {
            let fields = try line.split(separator: " ")[3...4].map { try #require(Double($0)) }
            #expect(Int((fields[0] * 1000).rounded()) == end)
            end = Int(((fields[0] + fields[1]) * 1000).rounded())
        }
        #expect(end == 16669)
    }
}

struct PredictionTextTests {
    @Test func aLineForEachFileAndATable() throws {
        let text = try PredictionWriter.document(Example.outcomes, format: .text, classes: Example.classes, segments: true)
        #expect(
            text == """
                calls/a "call", line\\r\\n2.mp3: anger 87.3 %, then neutral 8.1 %
                    00:00.0–00:02.5  anger        100.0 %
                    00:03.0–01:05.3  neutral       33.3 %
                    01:05.3–01:10.0  joy, "wild"   50.0 %
                b.wav: neutral 60.0 %, then anger 30.0 % (somewhat unlike the training data)
                    00:00.0–00:01.5  neutral   60.0 %

                """)
    }

    @Test func theChannelIsNamed() throws {
        let text = try PredictionWriter.document([.success(Example.unusual)], format: .text, classes: [], segments: false)
        #expect(text == "d e.wav, channel 2: neutral 60.0 %, then anger 30.0 %\n")
    }

    @Test func wholeSecondsHaveNoTenths() throws {
        var prediction = Example.short
        prediction.segments = [.init(start: 59, end: 3600, label: "x", confidence: 0.5, probabilities: [])]
        let text = try PredictionWriter.document([.success(prediction)], format: .text, classes: [], segments: true)
        #expect(text.hasSuffix("\n    00:59–60:00  x   50.0 %\n"))
        let short = try PredictionWriter.document([.success(prediction)], format: .text, classes: [], segments: false)
        #expect(short == "b.wav: neutral 60.0 %, then anger 30.0 % (somewhat unlike the training data)\n")
    }
}

struct PredictionWriterTests {
    /// What is printed piece by piece is the document, and each piece ends where a line may.
    @Test(arguments: PredictionFormat.allCases) func piecesAreTheDocument(format: PredictionFormat) throws {
        let outcomes = format.holdsOneRecording ? Array(Example.outcomes.dropFirst()) : Example.outcomes
        var writer = PredictionWriter(format: format, classes: Example.classes, segments: true)
        var pieces = [writer.begin()]
        for outcome in outcomes { pieces.append(try writer.item(outcome)) }
        pieces.append(writer.end())
        #expect(pieces.joined() == (try PredictionWriter.document(outcomes, format: format, classes: Example.classes, segments: true)))
        #expect(pieces.joined().hasSuffix("\n"))
    }

    @Test(arguments: [PredictionFormat.text, .rttm, .textgrid, .srt]) func failuresHaveNoPlaceEverywhere(format: PredictionFormat) throws {
        let failures = [Example.outcomes[1], Example.outcomes[1]]
        #expect(try PredictionWriter.document(failures, format: format, classes: Example.classes, segments: true).isEmpty)
    }
}
