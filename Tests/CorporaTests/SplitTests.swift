import StimmungCorpora
import StimmungTestSupport
import Testing

@Suite struct SplitTests {
    /// Uneven on purpose: ten speakers, numbers as in EmoDB, and one emotion that some lack.
    let uneven = corpus(speakers: (1...10).map(String.init), emotions: ["anger", "fear", "neutral", "sadness"]) { speaker, emotion in
        emotion == "fear" && speaker == "3" ? 0 : Int(speaker)! % 4 + emotion.count
    }

    /// What holds for every split: indices exist, nothing is in training and in the test, nobody is where speakers are kept apart.
    func expectLawful(_ plan: EvaluationPlan, sourceLocation: SourceLocation = #_sourceLocation) {
        let all = Set(plan.corpus.utterances.indices)
        for fold in plan.folds {
            let train = Set(fold.train)
            let test = Set(fold.test)
            #expect(!train.isEmpty && !test.isEmpty, sourceLocation: sourceLocation)
            #expect(train.isDisjoint(with: test), sourceLocation: sourceLocation)
            #expect(train.union(test) == all, sourceLocation: sourceLocation)
            #expect(fold.train == fold.train.sorted() && fold.test == fold.test.sorted(), sourceLocation: sourceLocation)
            #expect(train.count == fold.train.count && test.count == fold.test.count, sourceLocation: sourceLocation)
            if !plan.isSpeakerDependent {
                let trainers = Set(fold.train.map { plan.corpus.utterances[$0].speaker })
                #expect(trainers.isDisjoint(with: fold.test.map { plan.corpus.utterances[$0].speaker }), sourceLocation: sourceLocation)
            }
        }
    }

    @Test(arguments: ["loso", "speaker-folds=2", "speaker-folds=5", "speaker-folds=10", "random-folds=10", "random-folds=3"])
    func everyUtteranceIsTestedOnce(text: String) throws {
        let plan = try EvaluationProtocol(parsing: text).plan(for: uneven, seed: 3)
        expectLawful(plan)
        #expect(plan.testsEveryUtteranceOnce)
        #expect(plan.isSpeakerDependent == text.hasPrefix("random"))
        #expect(plan.classes.labels == ["anger", "fear", "neutral", "sadness"])
        #expect(try EvaluationProtocol(parsing: text).plan(for: uneven, seed: 3) == plan)
    }

    @Test func leaveOneSpeakerOut() throws {
        let folds = try uneven.leaveOneSpeakerOut()
        #expect(folds.map(\.name) == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"])
        let alone = corpus(speakers: ["me"], emotions: ["anger", "fear"]) { _, _ in 3 }
        let error = CorpusError.tooFewSpeakers(corpus: "made", speakers: 1, needed: 2)
        #expect(throws: error) { try alone.leaveOneSpeakerOut() }
        #expect(error.description.contains("random-folds"))
    }

    @Test func speakerFoldsAreConsecutiveAndBalanced() throws {
        let even = corpus(speakers: (1...24).map(String.init), emotions: ["anger", "fear"]) { _, _ in 30 }
        let folds = try even.speakerFolds(6)
        #expect(folds.map(\.name) == ["1,2,3,4", "5,6,7,8", "9,10,11,12", "13,14,15,16", "17,18,19,20", "21,22,23,24"])
        // One speaker with as much as all others takes a fold alone.
        let heavy = corpus(speakers: ["a", "b", "c", "d"], emotions: ["anger", "fear"]) { speaker, _ in speaker == "a" ? 30 : 10 }
        #expect(try heavy.speakerFolds(2).map(\.name) == ["a", "b,c,d"])
        #expect(throws: CorpusError.tooFewSpeakers(corpus: "made", speakers: 4, needed: 5)) { try heavy.speakerFolds(5) }
    }

    @Test func randomFoldsAreStratifiedAndSeeded() throws {
        let folds = try uneven.randomFolds(10, seed: 1)
        for emotion in uneven.labels.labels {
            let counts = folds.map { fold in fold.test.count { uneven.utterances[$0].emotion == emotion } }
            #expect(counts.max()! - counts.min()! <= 1)
        }
        let sizes = folds.map(\.test.count)
        #expect(sizes.max()! - sizes.min()! <= 1)
        #expect(try uneven.randomFolds(10, seed: 1) == folds)
        #expect(try uneven.randomFolds(10, seed: 2) != folds)
        #expect(throws: CorpusError.tooFewUtterances(corpus: "made", utterances: uneven.utterances.count, folds: 999)) {
            try uneven.randomFolds(999, seed: 1)
        }
    }

    @Test func officialSplitIsEmoDBs() throws {
        let emodb = corpus(
            kind: .emodb, speakers: ["03", "08", "09", "10", "11", "12", "13", "14", "15", "16"], emotions: ["anger", "fear"]
        ) { _, _ in 2 }
        let plan = try EvaluationProtocol.official.plan(for: emodb, seed: 1)
        expectLawful(plan)
        #expect(plan.folds.map(\.name) == ["12,14,15,16"])
        #expect(!plan.testsEveryUtteranceOnce)
        let error = CorpusError.noOfficialSplit(corpus: "made")
        #expect(throws: error) { try EvaluationProtocol.official.plan(for: uneven, seed: 1) }
        #expect(error.description.contains("loso"))
    }

    @Test func namedTestSpeakers() throws {
        let plan = try EvaluationProtocol(parsing: "test=10, 2").plan(for: uneven, seed: 1)
        expectLawful(plan)
        #expect(plan.folds.map(\.name) == ["2,10"])
        #expect(throws: CorpusError.unknownSpeaker(speaker: "x", corpus: "made", present: uneven.speakers)) {
            try uneven.testSplit(speakers: ["1", "x"])
        }
        #expect(throws: CorpusError.nothingToTest(corpus: "made", speakers: uneven.speakers)) {
            try uneven.testSplit(speakers: uneven.speakers)
        }
    }

    @Test func crossCorpus() throws {
        let first = corpus(name: "one", speakers: ["03", "08"], emotions: ["anger", "boredom", "fear"]) { _, _ in 2 }
        let second = corpus(name: "two", speakers: ["03", "09"], emotions: ["fear", "anger", "surprise"]) { _, _ in 3 }
        let plan = try EvaluationPlan(training: first, testing: second, evaluationProtocol: .crossCorpus(path: "two"))
        expectLawful(plan)
        #expect(plan.classes.labels == ["anger", "fear"])
        #expect(plan.folds[0].train.count == 8)
        #expect(plan.folds[0].test.count == 12)
        #expect(plan.corpus.speakers == ["one/03", "one/08", "two/03", "two/09"])
        #expect(!plan.isSpeakerDependent)
        let other = corpus(name: "other", speakers: ["a"], emotions: ["anger", "pride"]) { _, _ in 1 }
        #expect(
            throws: CorpusError.noSharedClasses(
                first: "one", firstLabels: ["anger", "boredom", "fear"], second: "other", secondLabels: ["anger", "pride"])
        ) { try EvaluationPlan(training: first, testing: other, evaluationProtocol: .crossCorpus(path: "other")) }
        #expect(throws: CorpusError.self) {
            try EvaluationPlan(training: first, testing: first, evaluationProtocol: .crossCorpus(path: "one"))
        }
    }

    @Test func crossCorpusFromDisk() throws {
        let folder = try TemporaryFolder()
        for name in ["03a01Wa", "08a02Fb"] { try folder.audio("e/\(name).wav") }
        for name in ["f1/rab-f1-b1", "f1/gio-f1-b1", "m1/sor-m1-b1"] { try folder.audio("i/\(name).wav") }
        let plan = try EvaluationProtocol(parsing: "cross=\(folder.path)/i").plan(for: Corpus.open(path: folder.path + "/e"), seed: 1)
        expectLawful(plan)
        #expect(plan.classes.labels == ["anger", "happiness"])
        #expect(plan.corpus.name == "EmoDB → EMOVO")
        #expect(plan.folds[0].test.count == 2)
    }

    @Test func protocolTexts() throws {
        for text in ["loso", "official", "speaker-folds=6", "random-folds=10", "test=a,b", "cross=some/where=odd", "folds=some/where"] {
            #expect(try EvaluationProtocol(parsing: text).description == text)
        }
        for text in [
            "", "losso", "loso=3", "speaker-folds", "speaker-folds=", "speaker-folds=1", "random-folds=two", "test=", "cross=", "folds=",
            "folds",
        ] {
            #expect(throws: CorpusError.self, "\(text)") { try EvaluationProtocol(parsing: text) }
        }
    }

    @Test func heldOutSpeakers() throws {
        let fold = try uneven.leaveOneSpeakerOut()[0]
        let (train, heldOut) = try uneven.holdingOutSpeakers(2, of: fold.train, seed: 5)
        #expect((train + heldOut).sorted() == fold.train)
        let out = Set(heldOut.map { uneven.utterances[$0].speaker })
        #expect(out.count == 2)
        #expect(out.isDisjoint(with: train.map { uneven.utterances[$0].speaker }))
        #expect(Set(heldOut.map { uneven.utterances[$0].gender }).count == 2, "one woman and one man")
        #expect(try uneven.holdingOutSpeakers(2, of: fold.train, seed: 5) == (train, heldOut))
        let choices = try Set((0..<20).map { try uneven.holdingOutSpeakers(1, of: fold.train, seed: $0).heldOut })
        #expect(choices.count > 3)
        let third = try uneven.holdingOutSpeakers(fraction: 0.34, of: fold.train, seed: 1)
        #expect(Set(third.heldOut.map { uneven.utterances[$0].speaker }).count == 3)
        #expect(throws: CorpusError.noSpeakerToHoldOut(training: (2...10).map(String.init), wanted: 9)) {
            try uneven.holdingOutSpeakers(9, of: fold.train, seed: 1)
        }
    }
}

extension EvaluationPlan {
    fileprivate var testsEveryUtteranceOnce: Bool { folds.flatMap(\.test).sorted() == Array(corpus.utterances.indices) }
}
