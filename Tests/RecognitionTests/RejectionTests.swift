import Foundation
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungTestSupport
import Testing

/// Decisions with little confidence are labelled "uncertain"; nothing else changes.
struct RejectionTests {
    private let folder: TemporaryFolder
    private let recogniser: Recogniser
    private let samples: [Float]

    init() throws {
        folder = try TemporaryFolder()
        recogniser = try Recogniser(ModelParts.loudness().model(in: folder))
        var tones = Tones()
        // Neither loud nor soft, then clearly one of them.
        for amplitude in [(Tones.loud * Tones.soft).squareRoot(), Tones.loud, Tones.soft] { tones.add(seconds: 2, amplitude: amplitude) }
        samples = tones.samples
        try tones.write(folder.file("a.wav"))
        try tones.write(folder.file("b.wav"))
    }

    /// A threshold between the confidences of the recording's segments, so that some are rejected and some are not.
    private func threshold(_ confidences: [Double]) throws -> Double {
        let (least, most) = (try #require(confidences.min()), try #require(confidences.max()))
        try #require(least < most, "\(confidences)")
        return (least + most) / 2
    }

    private func expected(_ label: String?, _ confidence: Double?, below threshold: Double) -> String? {
        confidence.map { $0 < threshold } == true ? "uncertain" : label
    }

    @Test func recordingsAndSegmentsKeepAllButTheirLabels() throws {
        let timeline = Timeline(window: 2, joinsEqual: false)
        let plain = try recogniser.predict(path: folder.file("a.wav"), timeline: timeline)
        let segments = try #require(plain.segments)
        let threshold = try threshold(segments.compactMap(\.confidence))
        let rejecting = try recogniser.rejecting(below: threshold)
        #expect(rejecting.leastConfidence == threshold && recogniser.leastConfidence == nil)
        var wanted = plain
        wanted.label = expected(plain.label, plain.confidence, below: threshold)
        wanted.segments = segments.map {
            var segment = $0
            segment.label = expected(segment.label, segment.confidence, below: threshold)
            return segment
        }
        #expect(Set(wanted.segments?.map { $0.label == "uncertain" } ?? []) == [true, false])
        #expect(try rejecting.predict(path: folder.file("a.wav"), timeline: timeline) == wanted)
        let batch = rejecting.predict(paths: [folder.file("a.wav"), folder.file("b.wav")], timeline: timeline)
        #expect(try batch.map { try $0.get().label } == [wanted.label, wanted.label])
        #expect(try batch.map { try $0.get().segments?.map(\.label) } == [wanted.segments?.map(\.label), wanted.segments?.map(\.label)])
        // Undone, everything is as before.
        #expect(try rejecting.rejecting(below: nil).predict(path: folder.file("a.wav"), timeline: timeline) == plain)
    }

    @Test func everyEventOfASessionIsSubjectToIt() throws {
        func events(_ recogniser: Recogniser) throws -> [SessionEvent] {
            let session = try recogniser.session(sampleRate: 16_000)
            return try session.push(samples) + session.finish()
        }
        let plain = try events(recogniser)
        let threshold = try threshold(plain.compactMap { if case .posterior(let posterior) = $0 { posterior.confidence } else { nil } })
        let wanted = plain.map { event -> SessionEvent in
            switch event {
            case .speechStarted, .speechEnded: return event
            case .posterior(var posterior):
                posterior.label = expected(posterior.label, posterior.confidence, below: threshold) ?? ""
                return .posterior(posterior)
            case .segment(var segment):
                segment.label = expected(segment.label, segment.confidence, below: threshold)
                return .segment(segment)
            case .finished(var summary):
                summary.label = expected(summary.label, summary.confidence, below: threshold)
                return .finished(summary)
            }
        }
        #expect(wanted != plain)
        #expect(try events(recogniser.rejecting(below: threshold)) == wanted)
    }

    @Test func theRuleIsThatOfEveryFolderAndNotOfTheModel() throws {
        var other = recogniser
        other.ofFolders = ["x": recogniser]
        let rejecting = try other.rejecting(below: 0.5)
        #expect(rejecting.ofFolders["x"]?.leastConfidence == 0.5 && rejecting.model == recogniser.model)
    }

    @Test(.enabled(if: TestData.corpus("emodb") != nil, "needs a corpus: set STIMMUNG_DATA"))
    func aVoiceKeepsTheRule() throws {
        let recogniser = try Recogniser(Model.builtIn()).rejecting(below: 1)
        let recording = try #require(TestData.corpus("emodb")) + "/wav/03a01Nc.wav"
        let voice = try recogniser.enrol(paths: [recording])
        let known = try recogniser.knowing(voice)
        #expect(try known.leastConfidence == 1 && known.predict(path: recording).label == "uncertain")
        // A session that learns the voice has another model from the first pause on.
        var options = SessionOptions()
        options.learning = .applied
        let samples = try AudioFile.read(AudioSegment(path: recording), sampleRate: 16_000, longest: 60)
        let session = try recogniser.session(sampleRate: 16_000, options: options)
        let pause = [Float](repeating: 0, count: 16_000)
        let events = try session.push(samples + pause + samples) + session.finish()
        let labels = events.compactMap { if case .segment(let segment) = $0 { segment.label } else { nil } }
        #expect(labels.count >= 2 && Set(labels) == ["uncertain"], "\(labels)")
    }

    @Test(arguments: [-0.1, 1.1, .nan, .infinity]) func aConfidenceOutsideItsRangeIsRefused(confidence: Double) throws {
        let error = try #require(throws: RecogniserError.self) { try recogniser.rejecting(below: confidence) }
        #expect(error.code == "recogniser.option" && "\(error)".contains("leastConfidence"))
    }

    @Test func aClassThatIsNamedUncertainIsRefused() throws {
        var model = recogniser.model
        model.labels[1] = "uncertain"
        let other = try Recogniser(model)
        #expect(throws: RecogniserError.reservedLabel("uncertain")) { try other.rejecting(below: 0.5) }
        #expect(try other.rejecting(below: nil).leastConfidence == nil)
    }

    /// The text names the likeliest class of a rejected decision, unless a class has that name.
    @Test func theTextNamesTheLikeliestClass() throws {
        func text(_ label: String, _ classes: [String]) throws -> String {
            let probabilities = zip(classes, [0.45, 0.35, 0.2]).map { ClassProbability(label: $0, probability: $1) }
            let prediction = Prediction(file: "a", label: label, confidence: 0.45, probabilities: probabilities, duration: 1)
            return try PredictionWriter.document([.success(prediction)], format: .text, classes: classes, segments: false)
        }
        #expect(try text("uncertain", ["anger", "fear", "joy"]) == "a: uncertain: anger 45.0 %, then fear 35.0 %\n")
        #expect(try text("uncertain", ["uncertain", "fear", "joy"]) == "a: uncertain 45.0 %, then fear 35.0 %\n")
    }
}
