import Foundation
import StimmungTestSupport
import Testing

struct UsageTests {
    static let commands: [([String], [String])] = [
        ([], ["demo", "predict", "train", "evaluate", "study", "features", "alter", "corpus", "inspect", "--version", "130"]),
        (["demo"], ["--output", "--recipe", "--epochs", "--seed", "--threads", "--quiet"]),
        (
            ["predict"],
            [
                "--model", "--reject", "--affect", "--timeline", "--window", "--format", "--output", "--threads", "--quiet", "textgrid",
                "rttm", "srt",
                "$STIMMUNG_MODEL",
            ]
        ),
        (
            ["segments"],
            ["--model", "--format", "srt", "--speech", "--least-speech", "--least-pause", "--padding-before", "--padding-after"]
        ),
        (["stream"], ["--model", "--encoding", "--rate", "--channels", "--interval", "--speech", "--least-pause", "--upper-threshold"]),
        (["listen"], ["--model", "--recorder", "--device", "--format", "--interval", "--speech", "arecord", "130"]),
        (
            ["train"],
            ["--corpus", "--classes", "--normalisation", "--epochs", "--threads", "--output", "--seed", "--resume", "rectifier-lstm"]
        ),
        (
            ["evaluate"],
            [
                "--corpus", "--protocol", "--seeds", "--seed", "--json", "loso", "random-folds=N", "cross=CORPUS", "folds=FILE", "--audio",
                "--threads", "--journal",
                "--predictions", "--report",
            ]
        ),
        (
            ["study"],
            [
                "--corpus", "--systems", "pretrained-mlp", "--seeds", "--seed", "--epochs", "--journal", "--report", "--json",
                "--normalisation",
            ]
        ),
        (["features"], ["--kind", "--deltas", "--set", "--format", "--output", "melScale", "npy", "--threads"]),
        (["alter"], ["--by", "--output", "--seed", "telephone", "speed=", "pitch=", "gain=", "noise=", "room=", "mp3=", "part="]),
        (["corpus"], ["list", "describe", "import", "fetch", "synthesise"]), (["corpus", "list"], ["--help"]),
        (["corpus", "describe"], ["--json", "--audio", "--min-confidence"]),
        (["corpus", "fetch"], ["emodb", "--from", "--output", "untested"]), (["corpus", "import"], ["--output"]),
        (["encoder"], ["install", "list", "remove"]), (["encoder", "install"], ["--from", "--name", "--blocks", "--python", "12 MB"]),
        (["encoder", "list"], ["--format", "json"]), (["encoder", "remove"], ["name"]),
        (["pretrain"], ["--corpus", "--output", "--epochs", "--seed", "--threads"]),
        (["corpus", "synthesise"], ["--output", "--voices", "--sentences", "--seed", "--threads"]),
        (["experiment"], ["adding", "prediction", "optimisers", "gradients", "overfitting"]),
        (["experiment", "prediction"], ["--corpus", "--orders", "--protocol", "--set"]),
        (["experiment", "adding"], ["--network", "lstm, rnn", "--steps", "--optimiser", "--seed", "--threads", "--truncation", "--json"]),
        (["experiment", "optimisers"], ["--corpus", "--speakers", "--every", "--passes", "--unit", "--pictures", "--seed", "--quiet"]),
        (["experiment", "gradients"], ["--corpus", "--lags", "--updates", "--passes", "--pictures", "--seed", "--threads"]),
        (["experiment", "overfitting"], ["--corpus", "--speakers", "--every", "--passes", "--pictures", "--seed", "--threads"]),
        (["inspect"], ["--json", "recipe", "--pictures", "--recording", "--corpus", "--after", "--units", "--seed"]),
    ]

    @Test(arguments: commands) func helpNamesTheOptions(command: [String], words: [String]) throws {
        let run = try Program.run(command + ["--help"], in: TemporaryFolder())
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        for word in words + ["USAGE"] { #expect(run.output.contains(word), "\(word)") }
    }

    @Test(arguments: commands.map(\.0)) func anUnknownOptionIsUsage(command: [String]) throws {
        let run = try Program.run(command + ["--bogus"], in: TemporaryFolder())
        #expect(run.status == 2 && run.bytes.isEmpty && !run.errors.isEmpty, "\(run)")
    }

    static let wrongUsage: [([String], String)] = [
        (["frobnicate"], "demo, predict, "), (["predcit", "x.wav"], "Did you mean \"stimmung predict\"?"),
        (["corpus", "descrbe", "x"], "Did you mean \"stimmung corpus describe\"?"), (["call.wav"], "\"stimmung predict call.wav\""),
        (["predict"], "file"), (["train", "lstm"], "--corpus"),
        (["predict", "x.wav", "--model", "m", "--threads", "0"], "1 to 1024"),
        (["predict", "x.wav", "--model", "m", "--timeline", "--window", "0.01"], "0.1 to"),
        (["predict", "x.wav", "--model", "m", "--timeline", "--window", "nan"], "0.1 to"),
        (["predict", "x.wav", "--model", "m", "--format", "xml"], "textgrid"),
        (["predict", "-", "-", "--model", "m"], "once"), (["predict", "x.wav", "--model", "m", "--window", "3"], "--timeline"),
        (["evaluate", "lstm", "--corpus", "c", "--seeds", "0"], "1 to 1000"),
        (["evaluate", "lstm", "--corpus", "c", "--seeds", "2", "--seed", "18446744073709551615"], "18446744073709551615"),
        (["train", "lstm", "--corpus", "c", "-o", "m", "--seed", "-1"], "--seed"),
        (["train", "lstm", "--corpus", "c", "-o", "m", "--epochs", "many"], "--epochs"),
        (["train", "lstm", "--corpus", "c", "-o", "m", "--normalisation", "all"], "speaker"),
        (["features", "x.wav", "--kind", "timbre"], "mfcc"),
        (["experiment", "adding", "--steps", "1"], "2 to 10000"), (["experiment", "adding", "--network", "gru"], "lstm"),
        (["experiment", "adding", "--goal", "0"], "above 0"), (["experiment", "adding", "--learning-rate", "nan"], "above 0"),
        (["features", "x.wav", "y.wav"], "--output"), (["corpus", "import", "c"], "--output"),
    ]

    @Test(arguments: wrongUsage) func wrongUsageHasStatus2(arguments: [String], word: String) throws {
        let run = try Program.run(arguments, in: TemporaryFolder())
        #expect(run.status == 2 && run.bytes.isEmpty && run.errors.contains(word), "\(run)")
    }

    /// So have values that only the work itself can find to be none, in a line that says what is allowed.
    @Test(arguments: [
        (["train", "nosuch", "--corpus", "CORPUS", "-o", "m"], "rectifier-lstm"),
        (["train", "lstm", "--corpus", "CORPUS", "-o", "m", "--epochs", "0"], "1 to 100000"),
        (["train", "lstm", "--corpus", "CORPUS", "-o", "m", "--classes", ","], "anger,happiness"),
        (["evaluate", "lstm", "--corpus", "CORPUS", "--protocol", "foo"], "random-folds=N"),
        (["corpus", "synthesise", "-o", "s", "--voices", "0"], "between 1 and"),
    ])
    func wrongValuesHaveStatus2(arguments: [String], word: String) throws { try expectFailure(arguments, status: 2, word) }

    @Test func aRecipeThatIsNoneHasStatus2() throws {
        let folder = try TemporaryFolder()
        try folder.write("mine.yaml", "name: mine\nnetwork: [{gru: 4}]\n")
        let run = try Program.run(["train", "mine.yaml", "--corpus", Fixture.shared().corpus, "-o", "m"], in: folder)
        #expect(run.status == 2 && run.errors.hasPrefix("stimmung: The recipe mine.yaml is invalid at network.1: "), "\(run)")
        let setting = try Program.run(["features", "x.wav", "--set", "hop"], in: folder)
        #expect(setting.status == 2 && setting.errors.contains("Option --set hop is invalid: write it as name=value."), "\(setting)")
    }

    /// What only the files or the work can show fails with status 1, a line that says why, and nothing on standard output.
    @Test(arguments: [
        (["train", "lstm", "--corpus", "nosuch", "-o", "m"], "nosuch"),
        (["train", "lstm", "--corpus", "CORPUS", "-o", "m", "--classes", "anger,joy"], "happiness"),
        (["train", "lstm", "--corpus", "CORPUS", "-o", "m", "--classes", "anger"], "at least two"),
        (["train", "lstm", "--corpus", "CORPUS", "-o", "nofolder/m"], "nofolder"),
        (["train", "lstm", "--corpus", "CORPUS", "-o", "."], "folder"),
        (["evaluate", "lstm", "--corpus", "CORPUS", "--protocol", "official"], "The official split of the corpus tones is not known"),
        (["evaluate", "lstm", "--corpus", "CORPUS", "--protocol", "test=zoe"], "zoe"),
        (["evaluate", "lstm", "--corpus", "CORPUS", "--protocol", "speaker-folds=4"], "3 speakers"),
        (["evaluate", "lstm", "--corpus", "CORPUS", "--json", "nofolder/f.json"], "nofolder/f.json"),
        (["predict", "x.wav", "--model", "nosuch.safetensors"], "nosuch.safetensors"), (["inspect", "nosuch"], "nosuch"),
        (["corpus", "describe", "nosuch"], "nosuch"),
    ])
    func wrongValuesHaveStatus1(arguments: [String], word: String) throws { try expectFailure(arguments, status: 1, word) }

    private func expectFailure(_ arguments: [String], status: Int32, _ word: String) throws {
        let fixture = try Fixture.shared()
        let folder = try TemporaryFolder()
        let run = try Program.run(arguments.map { $0 == "CORPUS" ? fixture.corpus : $0 }, in: folder)
        #expect(run.status == status && run.bytes.isEmpty && run.errors.contains(word), "\(run)")
        #expect(run.errors.hasPrefix("stimmung: ") && folder.content.isEmpty, "\(folder.content)")
    }

    @Test func theVersionIsANumber() throws {
        let run = try Program.run(["--version"], in: TemporaryFolder())
        #expect(run.status == 0 && run.output.split(separator: ".").count == 3)
    }
}
