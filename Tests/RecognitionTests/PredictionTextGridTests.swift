import Foundation
import Stimmung
import Testing

/// A TextGrid, read the way Praat does: free-standing numbers, quoted texts and `<flags>` in order; all other words are comments.
private struct Grid {
    var end: Double
    var name: String
    var intervals: [(start: Double, end: Double, text: String)] = []

    private enum Token: Equatable {
        case number(Double)
        case text(String)
        case flag(String)
    }

    init(_ document: String) throws {
        var tokens = try Grid.tokens(document)[...]
        func number() throws -> Double {
            guard case .number(let value)? = tokens.popFirst() else { throw Failure(reason: "a number is missing") }
            return value
        }
        func text() throws -> String {
            guard case .text(let value)? = tokens.popFirst() else { throw Failure(reason: "a text is missing") }
            return value
        }
        let head = try [text(), text()]
        guard head == ["ooTextFile", "TextGrid"], try number() == 0 else { throw Failure(reason: "the beginning is wrong") }
        end = try number()
        guard tokens.popFirst() == .flag("exists"), try number() == 1, try text() == "IntervalTier" else {
            throw Failure(reason: "no tier")
        }
        name = try text()
        guard try number() == 0, try number() == end else { throw Failure(reason: "the tier has another length") }
        for _ in 0..<Int(try number()) {
            intervals.append((try number(), try number(), try text()))
        }
        guard tokens.isEmpty else { throw Failure(reason: "something follows") }
    }

    struct Failure: Error {
        var reason: String
    }

    private static func tokens(_ document: String) throws -> [Token] {
        var tokens: [Token] = []
        var rest = Array(document.unicodeScalars)[...]
        while let scalar = rest.first {
            if scalar == "\"" {
                var text = String.UnicodeScalarView()
                rest.removeFirst()
                while true {
                    guard let next = rest.popFirst() else { throw Failure(reason: "a text has no end") }
                    if next == "\"" {
                        guard rest.first == "\"" else { break }
                        rest.removeFirst()
                    }
                    text.append(next)
                }
                tokens.append(.text(String(text)))
            } else if scalar.properties.isWhitespace {
                rest.removeFirst()
            } else {
                let word = String(String.UnicodeScalarView(rest.prefix { !$0.properties.isWhitespace }))
                rest = rest.dropFirst(word.unicodeScalars.count)
                // "[1]:" and "size" are comments; "<exists>" is a flag.
                if let value = Double(word) { tokens.append(.number(value)) }
                if word.hasPrefix("<"), word.hasSuffix(">") { tokens.append(.flag(String(word.dropFirst().dropLast()))) }
            }
        }
        return tokens
    }
}

struct PredictionTextGridTests {
    private func grid(_ prediction: Prediction) throws -> Grid {
        try Grid(PredictionWriter.document([.success(prediction)], format: .textgrid, classes: Example.classes, segments: true))
    }

    private func expectSound(_ grid: Grid) {
        #expect(grid.intervals.first?.start == 0 && grid.intervals.last?.end == grid.end)
        #expect(zip(grid.intervals, grid.intervals.dropFirst()).allSatisfy { $0.end == $1.start })
        #expect(grid.intervals.allSatisfy { $0.start < $0.end })
    }

    @Test func theTierCoversTheRecordingWithoutGaps() throws {
        let grid = try grid(Example.call)
        #expect(grid.end == 70.123457 && grid.name == "emotion")
        #expect(grid.intervals.map(\.text) == ["anger", "", "neutral", "joy, \"wild\"", ""])
        #expect(grid.intervals.map(\.start) == [0, 2.5, 3, 65.25, 70])
        expectSound(grid)
    }

    @Test func theTierNamesTheChannel() throws {
        #expect(try grid(Example.unusual).name == "emotion, channel 2")
    }

    @Test func withoutATimelineTheRecordingIsOneInterval() throws {
        let grid = try grid(Example.short)
        #expect(grid.intervals.map(\.text) == ["neutral"] && grid.end == 1.5)
        expectSound(grid)
    }

    @Test func strangeTimelinesStillGiveATier() throws {
        var prediction = Example.short
        let times: [(Double, Double)] = [(1, 9), (-1, 0.5), (0.4, 0.7), (0.5000001, 0.5000002), (0.9, 0.8), (1.2, 1.3)]
        prediction.segments = times.map { .init(start: $0, end: $1, label: "é\"\u{301}\"", confidence: 1, probabilities: []) }
        let overlapping = try grid(prediction)
        expectSound(overlapping)
        #expect(overlapping.intervals.map(\.end) == [0.5, 0.7, 1, 1.5])
        #expect(overlapping.intervals.map(\.text) == ["é\"\u{301}\"", "é\"\u{301}\"", "", "é\"\u{301}\""])
        prediction.segments = []
        let empty = try grid(prediction)
        expectSound(empty)
        #expect(empty.intervals.map(\.text) == [""])
    }

    @Test func aSecondRecordingIsRefused() throws {
        let error = try #require(throws: PredictionError.self) {
            try PredictionWriter.document(Example.outcomes, format: .textgrid, classes: Example.classes, segments: false)
        }
        #expect(error == .severalRecordings(format: .textgrid, file: "b.wav"))
    }
}
