import StimmungCorpora
import Testing

@Suite struct LabelTests {
    @Test(arguments: [
        ("angry", "anger"), ("  Happy ", "happiness"), ("JOY", "happiness"), ("Wut", "anger"), ("Langeweile", "boredom"),
        ("paura", "fear"), ("gioia", "happiness"), ("surprised", "surprise"), ("calm", "calm"), ("neutral", "neutral"),
        ("my own Class ", "my own Class"),
    ])
    func synonymsBecomeCanonical(written: String, canonical: String) {
        #expect(Emotion.canonicalLabel(written) == canonical)
    }

    @Test func noSynonymIsACanonicalNameOfAnother() {
        for (name, emotion) in Emotion.synonyms {
            #expect(Emotion(rawValue: name) == nil, "\(name) is a label itself")
            #expect(name == name.lowercased())
            #expect(Emotion(name: name) == emotion)
        }
    }

    @Test func classListsKeepTheirOrder() throws {
        let set = try LabelSet(parsing: "sad, anger,happy,angry")
        #expect(set.labels == ["sadness", "anger", "happiness"])
        #expect(set.index(of: "joy") == 2)
        #expect(set.index(of: "fear") == nil)
        #expect(try LabelSet(parsing: set.description) == set)
        #expect(set.intersection(LabelSet(["happiness", "sadness"])).labels == ["sadness", "happiness"])
        #expect(throws: CorpusError.emptyClassList) { try LabelSet(parsing: " , ") }
    }

    @Test func classesOfACorpus() throws {
        let made = corpus(speakers: ["a", "b"], emotions: ["anger", "fear", "my own"]) { _, _ in 2 }
        #expect(made.labels.labels == ["anger", "fear", "my own"])
        let two = try made.filtered(classes: LabelSet(["my own", "angry"]))
        #expect(two.utterances.count == 8)
        #expect(try two.targets(classes: LabelSet(["my own", "angry"])).allSatisfy { (0..<2).contains($0) })
        #expect(two.utterances.first.map(\.emotion) == "anger")
        #expect(try two.targets(classes: LabelSet(["my own", "angry"])).first == 1)
        #expect(throws: CorpusError.unknownLabel(label: "sadness", corpus: "made", present: ["anger", "fear", "my own"])) {
            try made.filtered(classes: LabelSet(["sad", "anger"]))
        }
        #expect(throws: CorpusError.tooFewClasses(corpus: "made", classes: ["anger"])) {
            try made.filtered(classes: LabelSet(["anger"]))
        }
        #expect(throws: CorpusError.self) { try made.targets(classes: LabelSet(["anger", "fear"])) }
    }
}
