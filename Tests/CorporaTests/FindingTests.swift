import Foundation
import StimmungCorpora
import StimmungSupport
import StimmungTestSupport
import Testing

/// Names that are nearly equal, and recordings that appear more than once.
@Suite struct FindingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func corpus(_ utterances: [Utterance]) -> Corpus { Corpus(name: "made", root: folder.path, utterances: utterances) }

    private func findings(_ utterances: [Utterance]) throws -> [CorpusWarning] {
        try corpus(utterances).checkedFindings(workers: Workers(threads: 2))
    }

    private func named(speakers: [String] = ["x"], labels: [String] = ["anger"]) throws -> [CorpusWarning] {
        try findings(
            speakers.enumerated().flatMap { s, speaker in
                labels.enumerated().map { Utterance(file: "\(s)-\($0).wav", speaker: speaker, emotion: $1) }
            })
    }

    @Test(arguments: [
        ["03", "3"], ["Anna", "anna"], ["S01", "s1"], ["a b", "a  b"], ["a_b", "a b"], ["３", "3"], ["Ａnna", "Anna"], ["1.0", "1"],
        ["x", "x "],
        ["Jürgen", "Ju\u{308}rgen"], ["speaker 007", "Speaker 7"], ["a\u{200B}", "a"],
    ])
    func nearlyEqualSpeakersAreReported(_ names: [String]) throws {
        let warnings = try named(speakers: names + ["someone else"])
        #expect(warnings.map(\.code) == ["corpora.similar-names"] && warnings[0].count == 1, "\(warnings)")
        for name in names { #expect(warnings[0].message.contains("\"\(name)\""), "\(warnings)") }
    }

    @Test(arguments: [["HOT", "hot"], ["0", "0.0"], ["0", "0,0"], ["very angry", "very_angry"], ["01", "1"]])
    func nearlyEqualLabelsAreReported(_ labels: [String]) throws {
        let warnings = try named(labels: labels)
        #expect(warnings.map(\.code) == ["corpora.similar-names"] && warnings[0].message.contains("label"), "\(warnings)")
    }

    @Test(arguments: [
        ["1", "10"], ["f1", "m1"], ["a0", "a00b"], ["0.5", "5"], ["0.1", "0.01"], ["100", "1"], ["1.05", "1.5"], ["a1b0", "a1b"],
    ])
    func differentNamesAreNot(_ names: [String]) throws {
        #expect(try named(speakers: names, labels: ["a"] + names.map { "x" + $0 }).isEmpty)
    }

    private func shared(_ first: Utterance, _ second: Utterance) throws -> [String] { try findings([first, second]).map(\.code) }

    @Test func oneFileUnderTwoSpeakers() throws {
        let a = try folder.audio("a.wav")
        let warnings = try findings([
            Utterance(file: a, speaker: "A", emotion: "anger"), Utterance(file: a, speaker: "B", emotion: "anger"),
        ])
        #expect(warnings.map(\.code) == ["corpora.shared-recordings"] && warnings[0].count == 1)
        #expect(warnings[0].message.contains("1 recording appears under more than one speaker"), "\(warnings)")
    }

    @Test func linksToOneFileUnderTwoSpeakers() throws {
        let a = try folder.audio("a.wav")
        try FileManager.default.createSymbolicLink(atPath: folder.file("soft.wav"), withDestinationPath: a)
        try FileManager.default.linkItem(atPath: a, toPath: folder.file("hard.wav"))
        for other in ["soft.wav", "hard.wav", "./a.wav"] {
            let codes = try shared(
                Utterance(file: a, speaker: "A", emotion: "anger"), Utterance(file: folder.file(other), speaker: "B", emotion: "anger"))
            #expect(codes == ["corpora.shared-recordings"], "\(other)")
        }
    }

    @Test func equalBytesAndEqualSamplesUnderTwoSpeakers() throws {
        let a = try folder.audio("a.wav")
        let data = try Data(contentsOf: URL(filePath: a))
        let copy = try folder.write("copy.wav", [UInt8](data))
        // The same samples behind another chunk.
        var titled = [UInt8](data.prefix(12)) + Array("LIST".utf8) + [4, 0, 0, 0] + Array("INFO".utf8) + [UInt8](data.dropFirst(12))
        let size = titled.count - 8
        titled.replaceSubrange(4..<8, with: (0..<4).map { UInt8(size >> (8 * $0) & 0xFF) })
        for other in [copy, try folder.write("titled.wav", titled)] {
            let codes = try shared(
                Utterance(file: a, speaker: "A", emotion: "anger"), Utterance(file: other, speaker: "B", emotion: "anger"))
            #expect(codes == ["corpora.shared-recordings"], "\(other)")
        }
        let other = try folder.tone("other.wav", seconds: 0.1, frequency: 777)
        #expect(
            try shared(Utterance(file: a, speaker: "A", emotion: "anger"), Utterance(file: other, speaker: "B", emotion: "anger")).isEmpty)
    }

    @Test func overlappingSegmentsUnderTwoSpeakers() throws {
        let a = try folder.audio("a.wav")
        func codes(_ first: (Double?, Double?), _ second: (Double?, Double?)) throws -> [String] {
            try shared(
                Utterance(file: a, speaker: "A", emotion: "anger", start: first.0, end: first.1),
                Utterance(file: a, speaker: "B", emotion: "fear", start: second.0, end: second.1))
        }
        #expect(try codes((0, 2), (1, 3)) == ["corpora.shared-recordings"])
        #expect(try codes((1, 3), (0, 2)) == ["corpora.shared-recordings"])
        #expect(try codes((nil, nil), (1, 3)) == ["corpora.shared-recordings"])
        #expect(try codes((0, 10), (4, 5)) == ["corpora.shared-recordings"])
        #expect(try codes((0, 2), (2, 3)).isEmpty)
        #expect(try codes((0, 2.02), (2, nil)).isEmpty)
    }

    @Test func contradictoryLabelsOfOneFileAreRefused() throws {
        let a = try folder.audio("a.wav")
        for times in [(nil, nil), (0.5, 1.0)] as [(Double?, Double?)] {
            let two = ["anger", "fear"].map { Utterance(file: a, speaker: "A", emotion: $0, start: times.0, end: times.1) }
            let error = try #require(throws: CorpusError.self) { try findings(two) }
            #expect(error.code == "corpora.contradictory-labels" && "\(error)".contains("is anger and fear"), "\(error)")
            // A description counts nevertheless.
            #expect(corpus(two).findings(workers: Workers(threads: 1)).map(\.code) == ["corpora.contradictory-labels"])
        }
    }

    /// Not refused: parts that overlap may be windows, or a call and a turn in it.
    @Test func labelsOfPartsThatMostlyOverlapAreReported() throws {
        let a = try folder.audio("a.wav")
        func codes(_ first: (Double?, Double?), _ second: (Double?, Double?)) throws -> [String] {
            let parts = [("anger", first), ("fear", second)].map { label, times in
                Utterance(file: a, speaker: "A", emotion: label, start: times.0, end: times.1)
            }
            return try findings(parts).map(\.code)
        }
        #expect(try codes((0, 1), (0.1, 1)) == ["corpora.contradictory-labels"])
        #expect(try codes((nil, nil), (0, 1)) == ["corpora.contradictory-labels"])
        #expect(try codes((nil, nil), (0.5, nil)) == ["corpora.contradictory-labels"])
        #expect(try codes((0, 1), (0.6, 1.6)).isEmpty)
        #expect(try codes((0, 1), (1, 2)).isEmpty)
    }

    @Test func contradictoryLabelsOfEqualFilesAreReported() throws {
        let a = try folder.audio("a.wav")
        let b = try folder.audio("b.wav")
        let codes = try shared(Utterance(file: a, speaker: "A", emotion: "anger"), Utterance(file: b, speaker: "A", emotion: "fear"))
        #expect(codes == ["corpora.contradictory-labels"])
    }

    @Test func labelsOfOneCorpusAloneAreNamedWithTheirNumbers() throws {
        func corpus(_ name: String, _ labels: [String]) -> Corpus {
            Corpus(
                name: name, root: name,
                utterances: labels.enumerated().map { Utterance(file: "\(name)\($0).wav", speaker: "s", emotion: $1) })
        }
        let plan = try EvaluationPlan(
            training: corpus("one", ["anger", "fear", "boredom", "boredom"]),
            testing: corpus("two", ["anger", "fear", "calm", "surprise"]),
            evaluationProtocol: .crossCorpus(path: "two"))
        #expect(
            plan.leftOut == [
                LeftOutLabel(corpus: "one", label: "boredom", utterances: 2), LeftOutLabel(corpus: "two", label: "calm", utterances: 1),
                LeftOutLabel(corpus: "two", label: "surprise", utterances: 1),
            ])
        let warning = try #require(plan.warnings.first)
        #expect(warning.code == "corpora.left-out-labels" && warning.count == 3)
        #expect(warning.message.contains("one: boredom (2); two: calm (1), surprise (1)"), "\(warning)")
    }

    @Test func oneRecordingInBothCorporaIsReported() throws {
        let files = try (0..<4).map { try folder.tone("\($0).wav", seconds: 0.1, frequency: 300 + 50 * Float($0)) }
        let copy = try folder.write("copy.wav", [UInt8](Data(contentsOf: URL(filePath: files[0]))))
        func corpus(_ name: String, _ files: [String]) -> Corpus {
            Corpus(
                name: name, root: name,
                utterances: zip(files, ["anger", "fear"]).map { Utterance(file: $0, speaker: "s", emotion: $1) })
        }
        let plan = try EvaluationPlan(
            training: corpus("one", [files[0], files[1]]), testing: corpus("two", [copy, files[3]]),
            evaluationProtocol: .crossCorpus(path: "two"))
        #expect(try plan.findings(workers: Workers(threads: 1)).map(\.code) == ["corpora.shared-recordings"])
    }

    @Test func aPlanWithoutSomeUtterancesKeepsItsFolds() throws {
        let made = corpus(
            (0..<12).map { Utterance(file: "f\($0 + 10).wav", speaker: "s\($0 % 3)", emotion: $0 % 2 == 0 ? "anger" : "fear") })
        let plan = try EvaluationProtocol.leaveOneSpeakerOut.plan(for: made, seed: 1)
        let removed = [0, 4, 5, 11]
        let rest = plan.removing(removed)
        #expect(rest.corpus.utterances == made.utterances.indices.filter { !removed.contains($0) }.map { made.utterances[$0] })
        for (before, after) in zip(plan.folds, rest.folds) {
            for (old, new) in [(before.train, after.train), (before.test, after.test)] {
                #expect(
                    new.map { rest.corpus.utterances[$0].file } == old.filter { !removed.contains($0) }.map { made.utterances[$0].file })
            }
        }
    }
}
