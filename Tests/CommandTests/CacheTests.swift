import Foundation
import StimmungTestSupport
import Testing

/// The cache of features, as a user meets it.
struct CacheTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder
    /// Features that take long.
    private static let recipe = """
        name: voice
        features: {functionals: true, kinds: [fbank, mfcc, energy, pitch, quality, formants]}
        network: [{rectifier: 8}]
        training: {epochs: 2, batch: 8, crop: 0}

        """

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
        try folder.write("voice.yaml", Self.recipe)
    }

    private var arguments: [String] { ["evaluate", "voice.yaml", "--corpus", fixture.corpus, "--json", "-", "-q", "--verbose"] }

    private func evaluate(_ more: [String] = [], cache: String) throws -> FinishedProgram {
        try Program.run(arguments + more, in: folder, .init(environment: ["STIMMUNG_CACHE": cache]))
    }

    private func figures(_ run: FinishedProgram) throws -> NSDictionary {
        var figures = try #require(try run.json() as? [String: Any], "\(run)")
        figures["seconds"] = nil
        return figures as NSDictionary
    }

    /// How many of the 18 utterances came from the cache, as the program says.
    private func found(_ run: FinishedProgram) throws -> Int {
        let line = try #require(run.errors.split(separator: "\n").first { $0.hasSuffix("utterances found in cache") }, "\(run)")
        #expect(line.contains(" of 18 utterances"))
        return try #require(line.split(separator: " ").dropFirst(2).first.flatMap { Int($0) })
    }

    @Test func aSecondRunFindsTheFeaturesAndGivesTheSameFigures() throws {
        let without = try evaluate(["--no-cache"], cache: "cache")
        #expect(without.status == 0 && without.errors == "feature cache: off\n" && !folder.exists("cache"), "\(without)")
        let first = try evaluate(cache: "cache")
        #expect(try found(first) == 0)
        let second = try evaluate(cache: "cache")
        // What counts as worth keeping is measured: on a busy machine a few may miss out.
        #expect(try found(second) >= 12)
        #expect(try figures(first) == figures(without))
        #expect(try figures(second) == figures(without))
        #expect(folder.isClean)
    }

    @Test func processesShareTheFolder() throws {
        let together = try (0..<3).map { _ in try Program.start(arguments, in: folder, .init(environment: ["STIMMUNG_CACHE": "cache"])) }
        let runs = together.map { $0.wait() }
        let all = try runs.map(figures)
        #expect(runs.allSatisfy { $0.status == 0 } && all.allSatisfy { $0 == all[0] })
        let after = try evaluate(cache: "cache")
        #expect(try found(after) >= 12)
        #expect(try figures(after) == all[0])
        #expect(folder.isClean)
    }

    @Test func aFolderThatCannotBeWrittenIsMentionedAndNoMore() throws {
        let run = try evaluate(cache: "voice.yaml/cache")
        #expect(run.status == 0)
        #expect(
            run.errors.split(separator: "\n").count { $0.hasPrefix("note: features cannot be cached in voice.yaml/cache: ") } == 1, "\(run)"
        )
        #expect(try figures(run) == figures(evaluate(cache: "off")))
    }
}
