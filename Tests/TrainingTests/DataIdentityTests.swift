import Foundation
import Stimmung
import StimmungCorpora
import StimmungSupport
import StimmungTestSupport
import StimmungTraining
import Testing

/// A corpus is known by the content of its recordings, their times, speakers and labels, not by names.
struct DataIdentityTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
    }

    private func identity(_ corpus: Corpus) -> String {
        var fingerprint = Fingerprint()
        fingerprint.add(corpus, workers: Workers(threads: 2))
        return fingerprint.text
    }

    private func changed(_ change: (inout Utterance) -> Void) -> Corpus {
        var utterances = corpus.utterances
        change(&utterances[3])
        return Corpus(name: corpus.name, root: corpus.root, utterances: utterances)
    }

    /// Changes a byte of a recording; its size and time of modification stay.
    static func edit(_ path: String) throws {
        let before = try FileManager.default.attributesOfItem(atPath: path)
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: 200)
        let byte = try #require(try file.read(upToCount: 1))
        try file.seek(toOffset: 200)
        try file.write(contentsOf: Data([byte[0] ^ 1]))
        try file.close()
        try FileManager.default.setAttributes([.modificationDate: try #require(before[.modificationDate])], ofItemAtPath: path)
    }

    @Test func anotherNameOrFolderIsTheSameData() throws {
        let moved = try TemporaryFolder()
        let utterances = try corpus.utterances.map { utterance in
            var copy = utterance
            copy.file = moved.file("x-" + (utterance.file as NSString).lastPathComponent)
            try FileManager.default.copyItem(atPath: utterance.file, toPath: copy.file)
            return copy
        }
        #expect(identity(Corpus(name: "other", root: moved.path, utterances: utterances)) == identity(corpus))
    }

    @Test func everythingThatTrainingDependsOnCounts() {
        let own = identity(corpus)
        #expect(identity(changed { $0.speaker += "x" }) != own)
        #expect(identity(changed { $0.emotion = "surprise" }) != own)
        #expect(identity(changed { $0.start = 0.1 }) != own)
        #expect(identity(changed { $0.end = 0.1 }) != own)
        #expect(identity(changed { $0.gender = .other }) != own)
        #expect(identity(changed { $0.text = "words" }) == own)
    }

    @Test func anEditOfEqualSizeAndTimeCounts() throws {
        let own = identity(corpus)
        try Self.edit(corpus.utterances[0].file)
        #expect(identity(corpus) != own)
    }

    @Test func aFileIsReadOncePerProcess() throws {
        let hashes = FileHashes()
        let paths = corpus.utterances.map(\.file)
        let first = hashes.hashes(of: paths + paths, workers: Workers(threads: 2))
        #expect(hashes.reads == paths.count && !first.contains(nil))
        try FileManager.default.linkItem(atPath: paths[0], toPath: folder.file("link.wav"))
        #expect(hashes.hash(of: folder.file("link.wav")) == first[0])
        #expect(hashes.hash(of: folder.file("none.wav")) == nil)
        // Only files that have not been changed just now are remembered, for the clock of a file system is coarse.
        let before = hashes.reads
        #expect(hashes.hash(of: "/bin/sh") == hashes.hash(of: "/bin/sh") && hashes.reads == before + 1)
    }

    @Test func aCheckpointIsOfTheContentOfRecordings() throws {
        var training = ModelTraining(recipe: smallRecipe(epochs: 4), corpus: corpus)
        training.checkpoint = folder.file("m.checkpoint")
        #expect(throws: Cancelled.self) {
            try training.run { [cancellation = training.cancellation] step in
                if step.stage == .training, step.completed == 2 { cancellation.cancel() }
            }
        }
        training.cancellation = Cancellation()
        training.corpus = Corpus(name: "another name", root: ".", utterances: corpus.utterances)
        _ = try training.run(resume: true)
        try Self.edit(corpus.utterances[0].file)
        #expect(throws: (any Error).self) { try training.run(resume: true) }
    }

    @Test func machinesOfAnotherCorpusNameAreTheSame() throws {
        var recipe = try Recipe(named: "crbm-lstm")
        recipe.pretraining?.epochs = 1
        let machines = try ["one", "two"].map { name in
            let named = Corpus(name: name, root: ".", utterances: Array(corpus.utterances.prefix(2)))
            return try Pretraining(recipe: recipe, corpora: [named]).run()
        }
        #expect(machines[0].hash == machines[1].hash && machines[0].corpora != machines[1].corpora)
    }
}
