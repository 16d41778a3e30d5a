import Foundation
import StimmungCorpora
import StimmungTestSupport
import Testing

struct AudformatTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let tables = """
        tables:
          emotion:
            type: filewise
            columns:
              emotion: {scheme_id: emotion, rater_id: gold}
              emotion.confidence: {scheme_id: confidence}
          files:
            type: filewise
            columns:
              speaker: {scheme_id: speaker}

        """

    /// A database as audformat writes one; a scheme's labels may be numbers that are texts.
    private func database(_ tables: String = tables, emotions: String = "[anger, fear, happiness]") throws {
        try folder.write(
            "db.yaml",
            """
            name: made
            schemes:
              confidence: {dtype: float, minimum: 0, maximum: 1}
              emotion:
                dtype: str
                labels: \(emotions)
              speaker:
                dtype: str
                labels:
                  '03': {gender: male}
                  08: {gender: female}
            splits:
              test: {type: test}
              learn: {type: train}
            \(tables)
            """)
        for name in ["a", "b", "c"] { try folder.audio("wav/\(name).wav") }
        try folder.write("db.files.csv", "file,speaker\nwav/a.wav,03\nwav/b.wav,08\nwav/c.wav,08\n")
        try folder.write(
            "db.emotion.csv",
            "file,emotion,emotion.confidence\nwav/a.wav,anger,0.9\nwav/b.wav,fear,0.5\nwav/c.wav,happiness,\n")
    }

    private func open(_ reading: CorpusReading = CorpusReading()) throws -> Corpus { try Corpus.open(path: folder.path, reading) }

    private func refused(_ words: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let error = try #require(throws: CorpusError.self, sourceLocation: sourceLocation) { try open() }
        #expect(error.description.contains(words), "\(error)", sourceLocation: sourceLocation)
    }

    @Test func aMissingRecordingIsNamedByTheLineOfItsTable() throws {
        try database()
        try FileManager.default.removeItem(atPath: folder.file("wav/c.wav"))
        try refused("Line 4 of \"\(folder.file("db.emotion.csv"))\" names the file")
        try folder.audio("other/x/c.wav")
        try folder.audio("other/y/c.wav")
        let error = try #require(throws: CorpusError.self) { try open(CorpusReading(audio: folder.file("other"))) }
        guard case .ambiguousFile(folder.file("db.emotion.csv"), 4, _, _) = error else { throw error }
    }

    @Test func labelsSpeakersAndGenders() throws {
        try database()
        let corpus = try open()
        #expect(corpus.name == "made" && corpus.utterances.map(\.emotion) == ["anger", "fear", "happiness"])
        #expect(corpus.utterances.map(\.speaker) == ["03", "08", "08"] && corpus.utterances.map(\.gender) == [.male, .female, .female])
        #expect(try Corpus.open(path: folder.file("db.yaml")) == corpus)
    }

    @Test func labelsBelowTheLeastConfidenceAreLeftOut() throws {
        try database()
        let corpus = try open(CorpusReading(leastConfidence: 0.5))
        #expect(corpus.utterances.map(\.emotion) == ["anger", "fear"] && corpus.warnings.map(\.code) == ["corpora.low-confidence"])
        #expect(corpus.warnings[0].message.contains("line 4 of db.emotion.csv"))
        try database(Self.tables.replacing("      emotion.confidence: {scheme_id: confidence}\n", with: ""))
        #expect(throws: CorpusError.self) { try open(CorpusReading(leastConfidence: 0.5)) }
    }

    /// Split tables of a gold standard take precedence, and become the official split.
    @Test func tablesOfASplitBecomeTheOfficialSplit() throws {
        let columns = "    columns:\n      emotion: {scheme_id: emotion}\n"
        try database(
            Self.tables + "  g.train.gold_standard:\n    type: filewise\n    split_id: learn\n\(columns)"
                + "  g.test.gold_standard:\n    type: filewise\n    split_id: test\n\(columns)")
        try folder.write("db.g.train.gold_standard.csv", "file,emotion\nwav/a.wav,fear\nwav/b.wav,anger\n")
        try folder.write("db.g.test.gold_standard.csv", "file,emotion\nwav/c.wav,fear\n")
        let corpus = try open()
        #expect(corpus.utterances.map(\.emotion) == ["fear", "anger", "fear"])
        let plan = try EvaluationProtocol.official.plan(for: corpus, seed: 0)
        #expect(plan.folds == [Fold(name: "test", train: [0, 1], test: [2])] && plan.isSpeakerDependent)
        try Manifest.write(corpus, to: folder.file("m.csv"))
        #expect(try EvaluationProtocol.official.plan(for: Manifest.read(path: folder.file("m.csv")), seed: 0).folds == plan.folds)
    }

    @Test func segmentsAndATableOfSpeakers() throws {
        try database(
            """
            tables:
              turns:
                type: segmented
                columns:
                  mood: {scheme_id: emotion}
                  speaker: {scheme_id: person}
            misc_tables:
              person:
                levels: {speaker: str}
                columns:
                  sex: {}

            """, emotions: "{'0': anger, '1': fear, '2': {name: joy}}")
        let header = try folder.text("db.yaml").replacing(
            "  speaker:\n    dtype: str\n    labels:\n", with: "  speaker:\n    labels: person\n"
        )
        .replacing("      '03': {gender: male}\n      08: {gender: female}\n", with: "")
        try folder.write("db.yaml", header)
        try folder.write("db.person.csv", "speaker,sex\nanna,f\nben,m\n")
        try folder.write(
            "db.turns.csv",
            "file,start,end,mood,speaker\nwav/a.wav,0 days,0 days 00:00:01.5,0,anna\nwav/a.wav,0 days 00:00:02,NaT,2,ben\nwav/b.wav,0 days,NaT,,ben\n"
        )
        let corpus = try open()
        #expect(corpus.utterances.map(\.emotion) == ["anger", "happiness"] && corpus.utterances.map(\.gender) == [.female, .male])
        #expect(corpus.utterances.map(\.start) == [0, 2] && corpus.utterances.map(\.end) == [1.5, nil])
        #expect(corpus.warnings.map(\.code) == ["corpora.unlabelled-rows"])
    }

    @Test func laterRecordingsOfEmoDBAreLeftOut() throws {
        for name in ["03a01Fa", "03a01Wa", "03a01Wz"] { try folder.audio("wav/\(name).wav") }
        try folder.write("db.yaml", "name: emodb\ntables:\n  emotion:\n    type: filewise\n    columns: {emotion: {}}\n")
        try folder.write("db.emotion.csv", "file,emotion\nwav/03a01Fa.wav,happiness\nwav/03a01Wa.wav,anger\nwav/03a01Wz.wav,anger\n")
        let corpus = try open()
        #expect(corpus.kind == .emodb && corpus.utterances.count == 2 && corpus.utterances[0].gender == .male)
        #expect(corpus.skipped.map(\.file) == ["wav/03a01Wz.wav"] && EmoDBRecordings.checksums.count == EmoDBRecordings.count)
    }

    @Test func databasesThatCannotBeReadAreRefused() throws {
        try database()
        try folder.write("db.emotion.csv", "file,emotion,emotion.confidence\nwav/a.wav,rage,1\n")
        try refused("which the scheme emotion does not define")
        try FileManager.default.moveItem(atPath: folder.file("db.emotion.csv"), toPath: folder.file("db.emotion.parquet"))
        try refused("storage_format=\"csv\"")
        try database(Self.tables.replacing("emotion: {scheme_id: emotion, rater_id: gold}", with: "arousal: {}"))
        try refused("none of its tables has a column of emotions")
        try folder.write("db.yaml", "name: [")
        try refused("line 2: did not find")
        try folder.write("db.yaml", "name: x\nname: y\n")
        try refused("duplicate key name")
        try folder.write("db.yaml", "")
        try refused("it is empty")
        try folder.write("db.yaml", "[1, 2]")
        try refused("no tables")
        try folder.write("db.yaml", String(repeating: "[", count: 100_000))
        try refused("nesting level")
    }

    /// A few lines that expand to billions of values, as a value, as a key, and with a second definition.
    @Test(arguments: [
        ("", "expand to more than 32 MiB"), ("? *h\n: 1\n", "expand to more than 32 MiB"), ("i: &h 1\n", "&h is defined twice"),
    ])
    func explodingAliasesAreRefused(ending: String, reason: String) throws {
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (name, previous) in zip("bcdefgh", "abcdefg") {
            text += "\(name): &\(name) [\(repeatElement("*\(previous)", count: 9).joined(separator: ", "))]\n"
        }
        try folder.write("db.yaml", text + ending + "z: [*h, *h]\n")
        let began = ContinuousClock.now
        try refused(reason)
        #expect(ContinuousClock.now - began < .seconds(1))
    }

    /// The depth of the text is bounded, but that of aliases within aliases is not: nodes are freed recursively.
    @Test func deepAliasesAreRefused() throws {
        let brackets = (open: String(repeating: "[", count: 900), close: String(repeating: "]", count: 900))
        var text = "a0: &a0 \(brackets.open)x\(brackets.close)\n"
        for number in 1...60 { text += "a\(number): &a\(number) \(brackets.open)*a\(number - 1)\(brackets.close)\n" }
        try folder.write("db.yaml", text)
        try refused("its aliases lie within more than 8 others")
    }

    /// A column of each of many schemes with many labels.
    @Test func manyColumnsAndLabelsAreReadInLinearTime() throws {
        let labels = (0..<20_000).map { "l\($0)" }.joined(separator: ",")
        let columns = (0..<20_000).map { "      c\($0): {scheme_id: big}\n" }.joined()
        try folder.write(
            "db.yaml", "schemes:\n  big: {dtype: str, labels: [\(labels)]}\ntables:\n  t:\n    type: filewise\n    columns:\n\(columns)")
        let began = ContinuousClock.now
        try refused("none of its tables has a column of emotions")
        #expect(ContinuousClock.now - began < .seconds(20))
    }

    @Test func aFewAliasesAreAllowed() throws {
        try database(emotions: "&labels [anger, fear, happiness]\n  other:\n    labels: *labels\n  third:\n    labels: *labels")
        #expect(try open().utterances.count == 3)
    }

    @Test func aHugeHeaderIsRefused() throws {
        try folder.write("db.yaml", "")
        #expect(truncate(folder.file("db.yaml"), 1 << 30) == 0)
        try refused("larger than 8 MiB")
    }
}
