import Foundation
import StimmungCorpora
import StimmungSupport
import StimmungTestSupport
import Testing

struct JoiningTests {
    private func corpus(_ name: String, _ labels: [String], speakers: [String] = ["1", "2"]) -> Corpus {
        let utterances = speakers.flatMap { speaker in
            labels.map { Utterance(file: "/\(name)/\(speaker)-\($0).wav", speaker: speaker, emotion: $0) }
        }
        return Corpus(name: name, root: "/\(name)", utterances: utterances)
    }

    @Test func joinedCorpusHasTheUnionOfLabelsAndItsOwnSpeakers() throws {
        let joined = try Corpus(joining: [corpus("A", ["anger", "joy"]), corpus("B", ["angry", "boredom"])])
        #expect(joined.name == "A + B" && joined.parts == ["A", "B"])
        #expect(joined.labels.labels == ["anger", "boredom", "happiness"])
        #expect(joined.speakers == ["A/1", "A/2", "B/1", "B/2"])
        #expect(joined.utterances.count == 8)
    }

    @Test func oneCorpusStaysAsItIs() throws {
        let only = corpus("A", ["anger", "joy"])
        #expect(try Corpus(joining: [only]) == only)
    }

    @Test func corporaOfOneNameAreToldApart() throws {
        let other = Corpus(
            name: "A", root: "/other", utterances: [Utterance(file: "/other/x.wav", speaker: "1", emotion: "anger")])
        let joined = try Corpus(joining: [corpus("A", ["anger"]), other])
        #expect(joined.parts == ["A", "A (2)"])
        #expect(Set(joined.speakers) == ["A/1", "A/2", "A (2)/1"])
    }

    @Test func noNameIsGivenTwice() throws {
        let names = ["A", "A (2)", "A"]
        let corpora = names.enumerated().map { number, name in
            Corpus(name: name, root: "/\(number)", utterances: [Utterance(file: "/\(number)/x.wav", speaker: "1", emotion: "anger")])
        }
        #expect(try Corpus(joining: corpora).parts == ["A", "A (2)", "A (3)"])
    }

    /// Otherwise the statistics of the test corpus would be mixed with those of its namesake.
    @Test func testCorpusIsToldFromATrainingCorpusOfItsName() throws {
        let joined = try Corpus(joining: [corpus("A", ["anger", "fear"]), corpus("B", ["anger", "fear"])])
        let other = Corpus(
            name: "A", root: "/other", utterances: ["anger", "fear"].map { Utterance(file: "/other/\($0).wav", speaker: "1", emotion: $0) })
        let plan = try EvaluationPlan(training: joined, testing: other, evaluationProtocol: .crossCorpus(path: "A"))
        #expect(plan.corpus.parts == ["A", "B", "A (test)"])
        #expect(plan.corpus.speakers.contains("A (test)/1") && plan.corpus.speakers.count == 5)
    }

    /// Whoever names the classes knows that the other labels are left out.
    @Test func onlyChosenClassesAreReportedAsLeftOut() throws {
        let joined = try Corpus(joining: [corpus("A", ["anger", "fear", "boredom"]), corpus("B", ["anger", "fear"])])
        let plan = try EvaluationProtocol.leaveOneCorpusOut.plan(for: joined, classes: LabelSet(["anger", "fear"]), seed: 0)
        #expect(plan.leftOut.isEmpty && plan.warnings.isEmpty)
    }

    @Test func fileInTwoCorporaIsRefused() {
        #expect(throws: CorpusError.repeatedFile(file: "/A/1-anger.wav", first: "/A", second: "/A")) {
            try Corpus(joining: [corpus("A", ["anger"]), corpus("A", ["anger", "fear"])])
        }
    }

    @Test func eachCorpusIsLeftOutOnce() throws {
        let joined = try Corpus(
            joining: [corpus("A", ["anger", "fear", "boredom"]), corpus("B", ["anger", "fear", "calm"]), corpus("C", ["anger", "calm"])])
        let plan = try EvaluationProtocol(parsing: "leave-one-corpus-out").plan(for: joined, seed: 0)
        #expect(plan.classes.labels == ["anger", "calm", "fear"])
        #expect(plan.folds.map(\.name) == ["A", "B", "C"])
        #expect(plan.folds.map(\.test.count) == [4, 6, 4])
        #expect(plan.folds.map(\.train.count) == [10, 8, 10])
        #expect(plan.leftOut.map(\.label) == ["boredom"] && plan.leftOut[0].utterances == 2)
        for fold in plan.folds { #expect(Set(fold.train).isDisjoint(with: fold.test)) }
        #expect("\(plan.evaluationProtocol)" == "leave-one-corpus-out")
    }

    /// With a class that only one corpus has, nothing could have trained it where that corpus tests.
    @Test func untrainableUtterancesAreNotTested() throws {
        let joined = try Corpus(joining: [corpus("A", ["anger", "fear", "boredom"]), corpus("B", ["anger", "fear"])])
        let plan = try EvaluationProtocol.leaveOneCorpusOut.plan(
            for: joined, classes: LabelSet(["anger", "boredom", "fear"]), seed: 0)
        #expect(plan.folds.map(\.test.count) == [4, 4])
        #expect(plan.folds[1].train.count == 6)
        #expect(plan.warnings.contains { $0.code == "corpora.left-out-labels" })
    }

    @Test func leavingOutNeedsTwoCorporaAndTwoCommonLabels() throws {
        #expect(throws: CorpusError.singleCorpus(corpus: "A")) {
            try EvaluationProtocol.leaveOneCorpusOut.plan(for: corpus("A", ["anger", "fear"]), seed: 0)
        }
        let strangers = try Corpus(joining: [corpus("A", ["anger", "fear"]), corpus("B", ["joy", "anger"])])
        #expect(throws: CorpusError.noCommonClasses(corpora: ["A", "B"])) {
            try EvaluationProtocol.leaveOneCorpusOut.plan(for: strangers, seed: 0)
        }
        #expect(throws: CorpusError.self) { try EvaluationProtocol(parsing: "leave-one-corpus-out=2") }
    }

    @Test func severalCorporaTrainWhereAnotherTests() throws {
        let joined = try Corpus(joining: [corpus("A", ["anger", "fear"]), corpus("B", ["anger", "fear", "joy"])])
        let plan = try EvaluationPlan(
            training: joined, testing: corpus("C", ["anger", "fear"]), evaluationProtocol: .crossCorpus(path: "C"))
        #expect(plan.corpus.name == "A + B → C")
        #expect(plan.corpus.speakers == ["A/1", "A/2", "B/1", "B/2", "C/1", "C/2"])
        #expect(plan.corpus.parts == ["A", "B", "C"])
        #expect(plan.folds[0].train.count == 8 && plan.folds[0].test.count == 4)
    }

    @Test func synonymsAreReplacedOrLeftOut() throws {
        let folder = try TemporaryFolder()
        let table = folder.file("labels.csv")
        try "label,class,corpus\nenthusiasm,happy,\ncalm,neutral,B\nother,,\n".write(toFile: table, atomically: true, encoding: .utf8)
        let synonyms = try LabelSynonyms(contentsOf: table)
        let a = corpus("A", ["enthusiasm", "calm", "anger"])
        let b = corpus("B", ["calm", "other", "anger"])
        try synonyms.check([a, b])
        #expect(synonyms.applied(to: a).labels.labels == ["anger", "calm", "happiness"])
        let reduced = synonyms.applied(to: b)
        #expect(reduced.labels.labels == ["anger", "neutral"])
        #expect(reduced.warnings.map(\.code) == ["corpora.unmapped-labels"])
        #expect(reduced.warnings[0].message.contains("other (2)"))
    }

    @Test(arguments: [
        ("", "no header"), ("label,class\n", "no rows"), ("label,klass\na,b\n", "no column class"),
        ("label,class\n,anger\n", "no label in line 2"), ("label,class\njoy,anger\nhappy,fear\n", "line 2 and again in line 3"),
        ("label,class\na,b,c\n", "malformed"),
    ])
    func faultyTablesAreRefused(text: String, reason: String) throws {
        let folder = try TemporaryFolder()
        let table = folder.file("labels.csv")
        try text.write(toFile: table, atomically: true, encoding: .utf8)
        let error = #expect(throws: CorpusError.self) { try LabelSynonyms(contentsOf: table) }
        #expect(error.map { "\($0)".contains(reason) && "\($0)".contains(table) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test(arguments: [("ennui,boredom,", "the label ennui in line 2"), ("anger,fear,Z", "the corpus Z in line 2")])
    func entriesThatChangeNothingAreRefused(row: String, reason: String) throws {
        let folder = try TemporaryFolder()
        let table = folder.file("labels.csv")
        try "label,class,corpus\n\(row)\n".write(toFile: table, atomically: true, encoding: .utf8)
        let error = #expect(throws: CorpusError.self) { try LabelSynonyms(contentsOf: table).check([corpus("A", ["anger", "fear"])]) }
        #expect(error.map { "\($0)".contains(reason) } == true, "\(error.map { "\($0)" } ?? "")")
    }
}
