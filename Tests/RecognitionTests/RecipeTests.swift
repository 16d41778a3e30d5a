import Foundation
import Stimmung
import StimmungFeatures
import StimmungTestSupport
import Testing

struct RecipeTests {
    @Test(arguments: Recipe.Catalogue.names) func builtInRecipesAreSoundAndReadBack(name: String) throws {
        let recipe = try Recipe(named: name)
        // A new recipe has whatever width its features have.
        let widths = [
            "functionals-mlp": 2640, "functionals-ensemble": 2640, "functionals-live": 2640, "crbm-lstm": 13, "stacked-crbm-lstm": 13,
            "encoder": 1536, "encoder-ensemble": 4176, "encoder-lstm": 768, "lstm": 39, "rectifier-lstm": 39,
            "rnn": 39, "blstm": 39, "rectifier-blstm": 39, "mlp": 39, "pretrained-mlp": 39, "rbm-mlp": 39,
        ]
        #expect(recipe.name == name)
        if let width = widths[name] { #expect(recipe.features.width == width) }
        #expect(try Recipe(parsing: recipe.yaml, file: "again") == recipe)
        let studys = ["lstm", "rectifier-lstm", "crbm-lstm", "stacked-crbm-lstm", "rbm-mlp", "mlp", "pretrained-mlp"]
        #expect(Set(Recipe.Catalogue.names).isSuperset(of: studys + widths.keys))
    }

    @Test func numbersAreWrittenAsPeopleWriteThem() throws {
        let yaml = try Recipe(named: "functionals-mlp").yaml
        for line in [
            "- clip: 5\n", "- noise: 0.3\n", "momentum: 0.9\n", "hop: 0.01\n", "peak: 0\n", "pitchFloor: 65\n", "logFloor: 1e-06\n",
        ] {
            #expect(yaml.contains(line), "\(line) in \(yaml)")
        }
    }

    @Test func everyValueReadsBack() throws {
        var recipe = Recipe(name: "all: #1 \"ä\"", network: [.rectifier(units: 3), .dropout(rate: 0.25), .lstm(cells: 5)])
        recipe.features = FeatureOptions(kinds: [.energy, .fbank], deltas: 1)
        // A number of single precision that double precision writes longer, or the other way round.
        recipe.features.windowLength = 131.0 / 4096
        recipe.features.functionals = FunctionalsOptions()
        recipe.features.functionals?.lags = [1 / 3.0]
        recipe.features.functionals?.correlations = true
        recipe.features.fftSize = 1024
        recipe.features.melScale = .slaney
        recipe.normalisation = .speaker
        recipe.training.epochs = 7
        recipe.training.crop = 0
        recipe.training.optimiser = .sgd
        recipe.training.schedule = .cosine
        recipe.training.classWeights = .balanced
        recipe.training.heldOutSpeakers = 2
        recipe.training.learningRate = 1.2345e-4
        recipe.decision = .posteriors
        recipe.pretraining = PretrainingRecipe(machines: [.init(hidden: 6, order: 2), .init(hidden: 4)])
        recipe.pretraining?.finetunes = true
        recipe.network += [.context(ContextRecipe(left: 2, right: 1)), .sigmoid(units: 4), .tanh(units: 5), .noise(deviation: 0.5)]
        recipe.network += [.batchNormalisation(movement: 0.25)]
        recipe.training.loss = .squaredError
        recipe.training.labelSmoothing = 0.125
        recipe.autoencoder = AutoencoderRecipe()
        recipe.autoencoder?.epochs = 3
        recipe.autoencoder?.tied = false
        recipe.autoencoder?.noise = 0.25
        recipe.regularisation = [RegularisationRecipe(norm: 1, penalty: 0.001), RegularisationRecipe(norm: 2.5, limit: 4, layers: [1, 9])]
        #expect(try Recipe(parsing: recipe.yaml, file: "again") == recipe)
    }

    @Test(arguments: [
        ("{lstm: 4}", LayerRecipe.lstm(cells: 4)), ("{lstm: {cells: 4, truncation: 9}}", .lstm(cells: 4, truncation: 9)),
        ("{blstm: 4}", .blstm(cells: 4)), ("{blstm: {cells: 4, truncation: 9}}", .blstm(cells: 4, truncation: 9)),
        ("{rnn: 4}", .rnn(cells: 4)), ("{rnn: {cells: 4}}", .rnn(cells: 4)),
        ("{rnn: {cells: 4, activation: sigmoid, truncation: 9}}", .rnn(cells: 4, activation: .sigmoid, truncation: 9)),
    ])
    func aRecurrentLayerIsANumberOrAMapping(text: String, layer: LayerRecipe) throws {
        let recipe = try Recipe(parsing: "name: x\nnetwork: [\(text)]\n", file: "x")
        #expect(recipe.network == [layer])
        #expect(try Recipe(parsing: recipe.yaml, file: "again") == recipe)
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let recipe = try Recipe(parsing: "name: x\nnetwork: [{lstm: 4}]\n", file: "x")
        #expect(recipe == Recipe(name: "x", network: [.lstm(cells: 4)]))
    }

    /// A text, and the words that the error must have: the file always, the key, and what would be right.
    static let wrong: [(String, [String])] = [
        ("name: x\n", ["network", "missing"]),
        ("network: []\n", ["name", "missing"]),
        ("name: x\nnetwork: []\nspeed: 3\n", ["speed", "training"]),
        ("name: x\nnetwork: []\ntraining: {epoch: 3}\n", ["training", "epoch", "epochs"]),
        ("name: x\nnetwork: []\nfeatures: {kind: mfcc}\n", ["features", "kinds"]),
        ("name: x\nnetwork: 3\n", ["network", "list"]),
        ("name: x\nnetwork: [lstm]\n", ["network.1", "mapping"]),
        ("name: x\nnetwork: [{lstm: 4}, {lstm: many}]\n", ["network.2.lstm", "whole number"]),
        ("name: x\nnetwork: [{lstm: 4, dropout: 0.1}]\n", ["network.1", "one key"]),
        ("name: x\nnetwork: [{context: {left: 1}}]\n", ["context", "window"]),
        ("name: x\nnetwork: []\nfeatures: {window: kaiser}\n", ["features.window", "hamming, hann, rectangular"]),
        ("name: x\nnetwork: []\nfeatures: {window: [hann]}\n", ["features.window", "hamming, hann, rectangular"]),
        ("name: x\nnetwork: [{gru: 4}]\n", ["gru", "lstm, blstm, rnn, rectifier, dropout, sigmoid, tanh, window"]),
        ("name: x\nnetwork: [{rnn: many}]\n", ["network.1.rnn", "whole number"]),
        ("name: x\nnetwork: [{rnn: {units: 4}}]\n", ["network.1.rnn", "units", "cells"]),
        ("name: x\nnetwork: [{rnn: {truncation: 4}}]\n", ["network.1.rnn", "cells", "missing"]),
        ("name: x\nnetwork: [{rnn: {cells: 4, activation: relu}}]\n", ["rnn.activation", "tanh, sigmoid, rectifier"]),
        ("name: x\nnetwork: [{rnn: {cells: 4, truncation: 0}}]\n", ["network.rnn.truncation", "1 or more"]),
        ("name: x\nnetwork: [{blstm: {cells: 4, activation: tanh}}]\n", ["blstm", "no activation"]),
        ("name: x\nnetwork: [{blstm: 8193}]\n", ["network.blstm", "1 to 8192"]),
        ("name: x\nnetwork: [{lstm: 0}]\n", ["network.lstm", "0", "1 to 8192"]),
        ("name: x\nnetwork: [{lstm: 8193}]\n", ["network.lstm", "1 to 8192"]),
        ("name: x\nnetwork: [{dropout: 1}]\n", ["network.dropout", "0 to 0.99"]),
        ("name: x\nnetwork: [{sigmoid: 0}]\n", ["network.sigmoid", "1 to 8192"]),
        ("name: x\nnetwork: [{tanh: wide}]\n", ["network.1.tanh", "whole number"]),
        ("name: x\nnetwork: [{window: 3}]\n", ["network.1.window", "mapping"]),
        ("name: x\nnetwork: [{window: {before: 3}}]\n", ["network.1.window", "before", "left, right"]),
        ("name: x\nnetwork: [{window: {left: -1}}]\n", ["network.window.left", "-1", "0 to 1000"]),
        ("name: x\nnetwork: [{window: {right: 1001}}]\n", ["network.window.right", "0 to 1000"]),
        ("name: x\nnetwork: [{window: {left: 900, right: 900}}]\n", ["network.window", "1801 frames", "1680 frames"]),
        ("name: x\nnetwork:\n" + String(repeating: "- window: {left: 900}\n", count: 90), ["network.window", "at most 65536"]),
        ("name: x\nnetwork: [{window: {left: 60, right: 60}}]\n", ["training.crop", "121 frames", "1.21 seconds"]),
        ("name: x\nnetwork: [{noise: -0.1}]\n", ["network.noise", "at least 0"]),
        ("name: x\nnetwork: [{batchNormalisation: 0}]\n", ["network.batchNormalisation", "above 0"]),
        ("name: x\nnetwork: []\ntraining: {loss: hinge}\n", ["training.loss", "cross-entropy, squared-error"]),
        ("name: x\nnetwork: []\ntraining: {labelSmoothing: 1}\n", ["training.labelSmoothing", "below 1"]),
        ("name: x\nnetwork: []\nregularisation: {norm: 1}\n", ["regularisation", "list"]),
        ("name: x\nnetwork: []\nregularisation: [{norm: 0.5, penalty: 1}]\n", ["regularisation.norm", "0.5", "1 to 100"]),
        ("name: x\nnetwork: []\nregularisation: [{penalty: 1}]\n", ["regularisation.1", "norm", "missing"]),
        ("name: x\nnetwork: []\nregularisation: [{norm: 1, penalty: -1}]\n", ["regularisation.penalty", "-1", "at least 0"]),
        ("name: x\nnetwork: []\nregularisation: [{norm: 1, limit: 0}]\n", ["regularisation.limit", "above 0"]),
        ("name: x\nnetwork: []\nregularisation: [{norm: 1}]\n", ["regularisation", "either a penalty or a limit"]),
        ("name: x\nnetwork: []\nregularisation: [{norm: 1, limit: 1, penalty: 1}]\n", ["regularisation", "either a penalty or a limit"]),
        ("name: x\nnetwork: []\nregularisation: [{norm: 1, limit: 1, layers: [2]}]\n", ["regularisation.layers", "2", "1 to 1"]),
        ("name: x\nnetwork: []\nregularisation: [{norm: 1, limit: 1, layers: []}]\n", ["regularisation.layers", "at least one"]),
        ("name: x\nnetwork: []\nregularisation: [{norm: 1, lambda: 1}]\n", ["regularisation.1", "lambda", "penalty"]),
        ("name: x\nnetwork: []\nautoencoder: {}\n", ["autoencoder", "sigmoid, tanh or rectifier"]),
        ("name: x\nnetwork: [{tanh: 3}]\nautoencoder: {epochs: 0}\n", ["autoencoder.epochs", "1 to 100000"]),
        ("name: x\nnetwork: [{tanh: 3}]\nautoencoder: {noise: -1}\n", ["autoencoder.noise", "at least 0"]),
        ("name: x\nnetwork: [{tanh: 3}]\nautoencoder: {tie: true}\n", ["autoencoder", "tie", "tied"]),
        ("name: x\nnetwork: [{tanh: 3}]\nautoencoder: {tied: 3}\n", ["autoencoder.tied"]),
        ("name: x\nnetwork: [{dropout: .nan}]\n", ["network.dropout", "0 to 0.99"]),
        ("name: x\nnetwork:\n" + String(repeating: "- dropout: 0.1\n", count: 101), ["network", "100 layers"]),
        ("name: x\nnetwork: []\ntraining: {epochs: 0}\n", ["training.epochs", "1 to 100000"]),
        ("name: x\nnetwork: []\ntraining: {epochs: 1.5}\n", ["training.epochs", "whole number"]),
        ("name: x\nnetwork: []\ntraining: {epochs: 99999999999999999999999}\n", ["training.epochs", "whole number"]),
        ("name: x\nnetwork: []\ntraining: {learningRate: .inf}\n", ["training.learningRate", "above 0"]),
        ("name: x\nnetwork: []\ntraining: {learningRate: fast}\n", ["training.learningRate", "a number"]),
        ("name: x\nnetwork: []\ntraining: {optimiser: lion}\n", ["training.optimiser", "sgd, adam"]),
        ("name: x\nnetwork: []\ntraining: {schedule: x}\n", ["training.schedule", "constant, cosine, one-cycle"]),
        ("name: x\nnetwork: []\ntraining: {patience: 0}\n", ["training.patience", "1 or more"]),
        ("name: x\nnetwork: []\ntraining: 4\n", ["training", "mapping"]),
        ("name: x\nnetwork: []\ndecision: vote\n", ["decision", "log-posteriors, posteriors"]),
        ("name: x\nnetwork: []\nnormalisation: all\n", ["normalisation", "none, train, utterance, speaker"]),
        ("name: x\nnetwork: []\npretraining: {machines: []}\n", ["pretraining.machines", "at least one"]),
        ("name: x\nnetwork: []\npretraining: {machines: [{hidden: 0}]}\n", ["pretraining.machines", "1 to 8192"]),
        ("name: x\nnetwork: []\npretraining: {machines: [{units: 3}]}\n", ["pretraining.machines.1", "hidden"]),
        ("name: x\nnetwork: []\nfeatures: {kinds: [mfcc, foo]}\n", ["features.kinds.2", "mfcc, fbank, energy"]),
        ("name: x\nnetwork: []\nfeatures: {hop: 2}\n", ["features.hop", "1 sample to windowLength"]),
        ("name: x\nnetwork: []\nfeatures: {hop: .nan}\n", ["features.hop", "allowed"]),
        ("name: x\nnetwork: []\nfeatures: {windowLength: 1e300}\n", ["features.windowLength", "1 second"]),
        ("name: x\nnetwork: []\nfeatures: {sampleRate: 100}\n", ["features.sampleRate", "1000 to 384000"]),
        ("name: a\nname: b\nnetwork: []\n", ["name", "duplicate key"]),
        ("hello", ["mapping"]),
        ("", ["mapping"]),
        ("a: [1\nb", ["line 3", "YAML"]),
        ("name: " + String(repeating: "[", count: 50_000), ["YAML"]),
        ("name: x" + String(repeating: " ", count: 100_000), ["100000 bytes"]),
    ]

    @Test(arguments: wrong.indices) func anErrorNamesFileKeyAndRemedy(number: Int) throws {
        let (text, words) = Self.wrong[number]
        let error = try #require(throws: RecipeError.self) { try Recipe(parsing: text, file: "mine.yaml") }
        for word in words + ["mine.yaml"] { #expect("\(error)".contains(word), "\(text.prefix(200)): \(error)") }
        #expect(!"\(error)".contains("CodingKeys") && "\(error)".count < 500)
    }

    /// Nested aliases stand for 10¹⁰ values; they must not be counted out.
    @Test func aliasesDoNotExplode() {
        var text = "x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        for level in 1...9 {
            text += "x\(level): &x\(level) [\(Array(repeating: "*x\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        let began = ContinuousClock.now
        #expect(throws: RecipeError.self) { try Recipe(parsing: text + "name: *x9\nnetwork: *x9\n", file: "bomb") }
        #expect(began.duration(to: .now) < .seconds(5))
    }

    @Test func filesThatAreNoRecipes() throws {
        let folder = try TemporaryFolder()
        let noText = folder.file("no-text.yaml")
        try Data([0xFF, 0xFE, 0x01]).write(to: URL(fileURLWithPath: noText))
        for (name, word) in [
            ("nosuch", "rectifier-lstm"), ("./nosuch.yaml", "no such file"), (folder.path, "folder"), (noText, "UTF-8"),
            ("/dev/zero", "100000 bytes"),
        ] {
            let error = try #require(throws: RecipeError.self) {
                try name == "nosuch" ? Recipe(named: name) : Recipe(contentsOf: name)
            }
            #expect("\(error)".contains(name) && "\(error)".contains(word), "\(error)")
        }
    }

    @Test func aFileIsARecipe() throws {
        let file = try TemporaryFolder()
        try Recipe(named: "lstm").yaml.write(toFile: file.file("mine.yaml"), atomically: true, encoding: .utf8)
        #expect(try Recipe(contentsOf: file.file("mine.yaml")) == Recipe(named: "lstm"))
        #expect(try Recipe(contentsOf: URL(fileURLWithPath: file.file("mine.yaml"))) == Recipe(named: "lstm"))
    }
}

struct FeatureSettingTests {
    @Test func settingsChangeOptions() throws {
        var options = FeatureOptions()
        try options.set(["melScale=htk", "kinds=[fbank, energy]", "hop=0.02", "hop=0.0125", "fftSize=1024"])
        #expect(options.melScale == .htk && options.kinds == [.fbank, .energy] && options.hop == 0.0125 && options.fftSize == 1024)
        #expect(options.windowLength == FeatureOptions().windowLength && options.coefficients == 13)
        try options.set(["kinds=[mfcc]"])
        #expect(options.kinds == [.mfcc])
    }

    @Test(arguments: [
        ("melScale=foo", "study, htk, slaney"), ("foo=1", "melScale"), ("hop", "name=value"), ("hop=", "name=value"), ("hop=x", "number"),
        ("kinds=mfcc", "mfcc, fbank, energy"), ("hop=[", "YAML"), ("hop=0", "allowed"), ("hop=9", "allowed"),
    ])
    func aWrongSettingSaysWhatIsAllowed(setting: String, word: String) throws {
        var options = FeatureOptions()
        let error = try #require(throws: (any Error).self) { try options.set([setting]) }
        #expect("\(error)".contains(word), "\(error)")
    }
}
