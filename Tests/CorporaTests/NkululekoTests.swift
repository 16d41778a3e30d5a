import StimmungCorpora
import StimmungTestSupport
import Testing

struct NkululekoTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["a", "b", "c"] { try folder.audio("audio/\(name).wav") }
        try folder.write("one.csv", "file,speaker,gender,emotion\naudio/a.wav,1,f,wut\naudio/b.wav,2,m,neutral\n")
        try folder.write("two.csv", "file,person,emotion\nc.wav,1,cold\n")
    }

    private func open(_ data: String) throws -> Corpus {
        try Corpus.open(path: folder.write("exp.ini", "[EXP]\nroot = ./\n[DATA]\n\(data)\n[MODEL]\ntype = svm\n"))
    }

    private func refused(_ data: String, _ words: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let error = try #require(throws: CorpusError.self, sourceLocation: sourceLocation) { try open(data) }
        #expect(error.description.contains(words), "\(error)", sourceLocation: sourceLocation)
    }

    @Test func oneDatabase() throws {
        let corpus = try open(
            "databases = ['one']\none = ./one.csv\none.type = csv\none.split_strategy = speaker_split\none.test_size = 40\ntarget = emotion"
        )
        #expect(corpus.utterances.map(\.emotion) == ["anger", "neutral"] && corpus.speakers == ["1", "2"])
        #expect(corpus.warnings.map(\.code) == ["corpora.ignored-settings"])
        #expect(corpus.warnings[0].examples == ["one.split_strategy", "one.test_size"])
    }

    @Test func databasesThatTrainAndTest() throws {
        let corpus = try open(
            """
            # two databases
            databases = ["one",
                'two']
            one = one.csv
            one.type = csv
            one.split_strategy = train
            TWO = two.csv
            two.type: csv
            two.split_strategy = test
            two.audio_path = audio
            two.colnames = {'speaker': "person"}
            two.mapping = {'cold': 'anger'}
            labels = ['anger', 'neutral']
            """)
        #expect(corpus.utterances.map(\.speaker) == ["one/1", "one/2", "two/1"] && corpus.warnings.isEmpty, "\(corpus.warnings)")
        let plan = try EvaluationProtocol.official.plan(for: corpus, seed: 0)
        #expect(plan.folds == [Fold(name: "test", train: [0, 1], test: [2])] && plan.classes.labels == ["anger", "neutral"])
    }

    @Test func otherTargetsAndFewerLabels() throws {
        try folder.write("one.csv", "file,speaker,emotion,mood\naudio/a.wav,1,x,happy\naudio/b.wav,2,y,sad\naudio/c.wav,2,y,odd\n")
        let corpus = try open("databases = ['one']\none = one.csv\none.type = csv\ntarget = mood\nlabels = ['happiness', 'sadness']")
        #expect(corpus.utterances.map(\.emotion) == ["happiness", "sadness"])
        #expect(corpus.warnings.map(\.code) == ["corpora.unmapped-labels"] && corpus.warnings[0].examples == ["odd"])
    }

    @Test func experimentsThatCannotBeReadAreRefused() throws {
        try refused("target = emotion", "databases is not a list")
        try refused("databases = ['one']", "no path of the database one")
        try refused("databases = ['one']\none = one.csv\none.type = sql", "not csv or audformat")
        try refused("databases = ['one']\none = none.csv\none.type = csv", "none.csv")
        try refused("databases = ['one']\none = one.csv\none.type = csv\none.mapping = {'a'}", "not a dictionary")
        try refused("databases = ['one']\ndatabases = ['two']", "of an earlier line")
        try refused("one", "not \"key = value\"")
        let path = try folder.write("none.ini", "[EXP]\nroot = ./\n")
        let error = try #require(throws: CorpusError.self) { try Corpus.open(path: path) }
        #expect(error.description.contains("no section [DATA]"))
    }
}
