import Foundation
import Stimmung
import StimmungTestSupport
import Testing

struct PredictionFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func results(_ format: PredictionFormat) throws -> PredictionFolder {
        try PredictionFolder(path: folder.file("new"), format: format, classes: Example.classes, segments: true)
    }

    @Test func everyRecordingGetsItsFile() throws {
        let results = try results(.textgrid)
        let paths = try [
            (PredictionOutcome.success(Example.short), "b"), (.success(Example.unusual), "calls/b"), (Example.outcomes[1], "c"),
        ]
        .map { try results.write($0, as: $1) }
        #expect(paths == [folder.file("new/b.TextGrid"), folder.file("new/calls/b.channel-2.TextGrid"), nil])
        #expect(folder.content == ["new", "new/b.TextGrid", "new/calls", "new/calls/b.channel-2.TextGrid"])
        let expected = try PredictionWriter.document([.success(Example.short)], format: .textgrid, classes: Example.classes, segments: true)
        #expect(try folder.text("new/b.TextGrid") == expected)
    }

    /// What is left of an earlier run is not the result of a recording that fails now.
    @Test func aFailureRemovesTheOlderResult() throws {
        let results = try results(.rttm)
        try results.write(.success(Example.short), as: "b")
        try results.write(.success(Example.short), as: "c")
        #expect(try results.write(Example.outcomes[1], as: "b") == nil)
        #expect(folder.content == ["new", "new/c.rttm"])
    }

    /// A recording without speech is a result, though its document is empty.
    @Test(arguments: [PredictionFormat.rttm, .srt]) func noSpeechGetsAnEmptyFile(format: PredictionFormat) throws {
        var silent = Example.short
        (silent.label, silent.confidence, silent.probabilities) = (nil, nil, [])
        let file = folder.file("new/b.\(format.rawValue)")
        try results(format).write(.success(Example.short), as: "b")
        #expect(try results(format).write(.success(silent), as: "b") == file)
        #expect(try folder.text("new/b.\(format.rawValue)").isEmpty)
    }

    /// A recording's name with the extension `json` fits; one of 255 bytes is shortened, and stays apart from others that begin alike.
    @Test func longNamesFit() throws {
        let results = try results(.json)
        let fits = String(repeating: "n", count: 250)
        #expect(try results.write(.success(Example.short), as: fits) == folder.file("new/\(fits).json"))
        let long = ["", "x"].map { String(repeating: "ä", count: 127) + $0 }
        for name in long { try results.write(.success(Example.short), as: name) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("new")).filter { $0.hasPrefix("ä") }
        #expect(names.count == 2 && names.allSatisfy { (254...255).contains($0.utf8.count) && $0.hasSuffix(".json") && $0.contains("~") })
        #expect(
            try results.write(.success(Example.short), as: long[0]).map { folder.exists(String($0.dropFirst(folder.path.count + 1))) }
                == true)
    }

    @Test func aFolderThatCannotBeIsNamed() throws {
        let error = try #require(throws: PredictionError.self) {
            try PredictionFolder(path: "/dev/null/x", format: .json, classes: [], segments: false)
        }
        #expect(
            "\(error)".hasPrefix("/dev/null cannot be written: it is a file")
                || "\(error)".hasPrefix("/dev/null/x cannot be written: not a directory"))
    }
}
