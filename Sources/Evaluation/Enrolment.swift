import Stimmung
import StimmungCorpora
import StimmungSupport
import StimmungTensors

/// Tests of known voices and sources: each test speaker is enrolled with a few unlabelled recordings, and the others are judged.
public struct Enrolment: Sendable, Equatable {
    /// Numbers of recordings per speaker, 0 … 1000; 0 is no voice.
    public var recordings: [Int]
    /// How often recordings are drawn for each number, 1 … 100; figures are averaged.
    public var draws: Int
    /// Enrols and adapts to recordings with this label only, to see what speech of one emotion does; nil draws from all. It looks at labels of test speakers, so
    /// it is a test of robustness and not a figure of accuracy.
    public var label: String?
    /// Whether all of it is tested again with the system adapted to the test recordings as one source. In each draw, two random halves of a fold's test
    /// recordings are each judged by a system that is adapted to the other half, so that no recording is judged by a system that has heard it.
    public var adaptsToSource = false

    /// A test with the given numbers of recordings.
    public init(recordings: [Int], draws: Int = 5, label: String? = nil) {
        self.recordings = recordings
        self.draws = draws
        self.label = label
    }

    /// A test of adaptation to a source without known voices.
    public static func source(draws: Int = 5) -> Enrolment {
        var test = Enrolment(recordings: [0], draws: draws)
        test.adaptsToSource = true
        return test
    }

    /// - Throws: `EnrolmentError` for invalid numbers, and if systems of the recipe cannot use voices or no class has the label.
    func validate(_ recipe: Recipe, _ classes: LabelSet?) throws(EnrolmentError) {
        guard !recordings.isEmpty, Set(recordings).count == recordings.count, recordings.allSatisfy({ (0...1000).contains($0) }) else {
            throw .option(
                name: "recordings", value: recordings.map(String.init).joined(separator: ","), allowed: "different numbers from 0 to 1000")
        }
        guard (1...100).contains(draws) else { throw .option(name: "draws", value: "\(draws)", allowed: "1 to 100") }
        guard recipe.normalisation.isOfTraining else {
            throw .notUsable(recipe: recipe.name, normalisation: recipe.normalisation.rawValue)
        }
        if let label, let classes, !classes.labels.contains(label) {
            throw .option(name: "label", value: label, allowed: classes.labels.joined(separator: ", "))
        }
    }

    /// All options, for a fingerprint.
    var text: String { "\(recordings) \(draws) \(label ?? "any")" + (adaptsToSource ? " source" : "") }

    /// The FNV-1a hash of a name, without its sign.
    private static func number(of speaker: String) -> Int {
        Int(speaker.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } >> 1)
    }

    /// A number of recordings, and a draw of an evaluation's seed.
    package struct Trial {
        let count, draw: Int
        let seed: UInt64
        let adaptsToSource: Bool

        package init(count: Int, draw: Int, seed: UInt64, adaptsToSource: Bool) {
            self.count = count
            self.draw = draw
            self.seed = seed
            self.adaptsToSource = adaptsToSource
        }
    }

    /// All draws of all numbers, and all of them again with adaptation. Without either, all draws are the same.
    func trials(seed: UInt64) -> [Trial] {
        (adaptsToSource ? [false, true] : [false]).flatMap { adapts in
            recordings.flatMap { count in
                (0..<(count == 0 && !adapts ? 1 : draws)).map { Trial(count: count, draw: $0, seed: seed, adaptsToSource: adapts) }
            }
        }
    }

    /// Whether an utterance may be enrolled or adapted to.
    func allows(_ utterance: Utterance) -> Bool { label == nil || utterance.emotion == label }

    /// The test recordings of a fold as two random halves, each in their order: which a system is adapted to, and which it then judges.
    ///
    /// - Parameter isAllowed: whether an utterance may be adapted to.
    package func sources(
        in utterances: [Int], _ trial: Trial, where isAllowed: (Int) -> Bool = { _ in true }
    ) -> [(heard: [Int], judged: [Int])] {
        var random = RandomSource(seed: trial.seed).stream(Self.number(of: "source")).stream(trial.draw)
        let order = random.permutation(utterances.count).map { utterances[$0] }
        let half = utterances.count / 2
        let (first, second) = (order[..<half].sorted(), order[half...].sorted())
        return [(first, second), (second, first)].map { ($0.filter(isAllowed), $1) }
    }

    /// The utterances of a speaker that are enrolled; at least one is left to be judged.
    ///
    /// - Parameters:
    ///   - own: all of the speaker's test utterances, in the order of the corpus.
    ///   - isAllowed: whether an utterance may be enrolled.
    func enrolled(_ own: [Int], of speaker: String, _ trial: Trial, where isAllowed: (Int) -> Bool) -> [Int] {
        // Every speaker and draw has a stream of its own.
        var random = RandomSource(seed: trial.seed).stream(Self.number(of: speaker)).stream(trial.draw)
        let allowed = own.filter(isAllowed)
        let order = random.permutation(allowed.count).map { allowed[$0] }
        return order.prefix(min(trial.count, own.count - 1)).sorted()
    }
}

/// Why enrolment cannot be tested.
public enum EnrolmentError: StimmungError, Equatable {
    /// An option has an invalid value.
    case option(name: String, value: String, allowed: String)
    /// Systems of the recipe do not standardise features by their training data, so there is nothing to move.
    case notUsable(recipe: String, normalisation: String)

    public var code: String {
        switch self {
        case .option: "enrolment.option"
        case .notUsable: "enrolment.not-usable"
        }
    }

    public var description: String {
        switch self {
        case .option(let name, let value, let allowed):
            "The option \(name) of a test of known voices is \(value.isEmpty ? "empty" : value). Allowed: \(allowed)."
        case .notUsable(let recipe, let normalisation):
            "The recipe \(recipe) cannot use voices or sources: its normalisation is \(normalisation), and they need train or corpus."
        }
    }
}
