import Foundation
import StimmungCorpora
import StimmungTestSupport
import Testing

/// The same 67 recordings of EmoDB in the files of other programs.
@Suite(
    .enabled(
        if: TestData.corpus("emodb") != nil && TestData.sample("emobox") != nil,
        "needs EmoDB and samples of formats: STIMMUNG_DATA contains emodb/, and the folder formats/ lies beside it"))
struct FormatSampleTests {
    private func read(_ format: String) throws -> Corpus {
        let emodb = try #require(TestData.corpus("emodb"))
        return try Corpus.open(path: #require(TestData.sample(format)), CorpusReading(audio: emodb))
    }

    /// The experiment of nkululeko has four of the seven labels.
    @Test(
        "Every format has the recordings, labels and speakers of the corpus",
        arguments: [("audformat", 67), ("emobox", 67), ("kaldi", 67), ("nkululeko/emodb.csv", 67), ("nkululeko/exp.ini", 38)])
    func utterances(format: String, count: Int) throws {
        let whole = try Corpus.open(path: #require(TestData.corpus("emodb")))
        let expected = Dictionary(uniqueKeysWithValues: whole.utterances.map { (URL(filePath: $0.file).lastPathComponent, $0) })
        let corpus = try read(format)
        #expect(corpus.utterances.count == count && Set(corpus.utterances.map(\.file)).count == count)
        for utterance in corpus.utterances {
            let original = try #require(expected[URL(filePath: utterance.file).lastPathComponent])
            #expect(utterance.emotion == original.emotion && utterance.speaker == original.speaker, "\(utterance)")
            #expect(FileManager.default.fileExists(atPath: utterance.file))
        }
    }

    @Test("The folds of EmoBox and the split of audformat divide them")
    func divisions() throws {
        let corpus = try read("emobox")
        let folds = try EvaluationProtocol.listedFolds(path: #require(TestData.sample("emobox"))).plan(for: corpus, seed: 0).folds
        #expect(folds.count == 2 && folds.allSatisfy { !$0.train.isEmpty && !$0.test.isEmpty })
        #expect(try EvaluationProtocol.official.plan(for: read("audformat"), seed: 0).folds.count == 1)
    }

    @Test("A lower confidence leaves labels of audformat out")
    func confidences() throws {
        let path = try #require(TestData.sample("audformat"))
        let sure = try Corpus.open(path: path, CorpusReading(audio: TestData.corpus("emodb"), leastConfidence: 0.9))
        #expect(!sure.utterances.isEmpty && sure.utterances.count < 67 && !sure.warnings.isEmpty)
    }
}
