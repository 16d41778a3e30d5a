import Stimmung
import StimmungSpeech
import StimmungSupport

/// A recipe for speech activity: the network, the synthesised scenes, and the training. Every key has a default except `name`.
package struct SpeechRecipe: Sendable, Equatable, Decodable {
    package var name: String
    package var network = SpeechModel.Shape()
    package var scenes = Scenes()
    package var training = Training()

    package struct Scenes: Sendable, Equatable {
        /// Shortest and longest scene, in seconds.
        package var seconds: [Float] = [4, 20]
        /// Share of scenes with speech.
        package var speech: Float = 0.7
        /// Lowest and highest ratio of speech to noise, in decibels.
        package var ratio: [Float] = [-5, 30]
        /// Lowest and highest gain of a whole scene, in decibels.
        package var gain: [Float] = [-40, 20]
    }

    package struct Training: Sendable, Equatable {
        package var epochs = 32
        /// Steps per epoch.
        package var steps = 60
        /// Scenes per step.
        package var batch = 16
        package var learningRate: Float = 0.006
        package var weightDecay: Float = 0.001
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, network, scenes, training
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        name = try keys.decode(String.self, forKey: .name)
        try keys.update(&network, forKey: .network)
        try keys.update(&scenes, forKey: .scenes)
        try keys.update(&training, forKey: .training)
    }

    /// The built-in recipes, by name.
    package static var builtIn: [String: String] { Dictionary(uniqueKeysWithValues: recipeFiles.map { ($0.name, $0.yaml) }) }

    /// A built-in recipe, or the one in a YAML file.
    ///
    /// - Throws: `RecipeError` if there is no such recipe or file, or if it is invalid.
    package init(nameOrPath text: String) throws(RecipeError) {
        if let yaml = Self.builtIn[text] {
            try self.init(parsing: yaml, file: text)
        } else {
            guard Files.exists(text) else { throw .unknown(name: text, known: Self.builtIn.keys.sorted()) }
            try self.init(parsing: Recipe.text(ofFile: text), file: text)
        }
    }

    /// - Parameter file: the name to use in errors.
    /// - Throws: `RecipeError.malformed` if the text is not such a recipe, `RecipeError.value` if a value is out of range.
    package init(parsing yaml: String, file: String) throws(RecipeError) {
        do { self = try NodeDecoder.decode(from: yaml) } catch {
            let fault = YAMLFault(error)
            throw .malformed(file: file, at: fault.place, reason: fault.reason)
        }
        try validate(file)
    }

    private func validate(_ file: String) throws(RecipeError) {
        func check(_ fits: Bool, _ key: String, _ value: some CustomStringConvertible, _ allowed: String) throws(RecipeError) {
            if !fits { throw .value(file: file, key: key, value: "\(value)", allowed: allowed) }
        }
        func range(_ values: [Float], _ key: String, _ allowed: ClosedRange<Float>, _ unit: String) throws(RecipeError) {
            let fits = values.count == 2 && values[0] <= values[1] && values.allSatisfy(allowed.contains)
            try check(fits, key, values, "the lowest and the highest, \(allowed.lowerBound) to \(allowed.upperBound) \(unit)")
        }
        try check(
            network.isValid, "network", "\(network)", "1 to 512 units, 1 to 4 LSTMs of 1 to 512 cells, and a delay of 0 to 100 frames")
        try range(scenes.seconds, "scenes.seconds", 1...120, "seconds")
        try check((0...1).contains(scenes.speech), "scenes.speech", scenes.speech, "0 to 1")
        try range(scenes.ratio, "scenes.ratio", -20...60, "dB")
        try range(scenes.gain, "scenes.gain", -60...40, "dB")
        try check((1...10_000).contains(training.epochs), "training.epochs", training.epochs, "1 to 10000")
        try check((1...100_000).contains(training.steps), "training.steps", training.steps, "1 to 100000")
        try check((1...1024).contains(training.batch), "training.batch", training.batch, "1 to 1024 scenes")
        try check(
            training.learningRate > 0 && training.learningRate.isFinite, "training.learningRate", training.learningRate, "a number above 0")
        try check(
            training.weightDecay >= 0 && training.weightDecay.isFinite, "training.weightDecay", training.weightDecay,
            "a number of at least 0")
    }
}

extension SpeechRecipe.Scenes: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case seconds, speech, ratio, gain
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        try keys.update(&seconds, forKey: .seconds)
        try keys.update(&speech, forKey: .speech)
        try keys.update(&ratio, forKey: .ratio)
        try keys.update(&gain, forKey: .gain)
    }
}

extension SpeechRecipe.Training: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case epochs, steps, batch, learningRate, weightDecay
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        try keys.update(&epochs, forKey: .epochs)
        try keys.update(&steps, forKey: .steps)
        try keys.update(&batch, forKey: .batch)
        try keys.update(&learningRate, forKey: .learningRate)
        try keys.update(&weightDecay, forKey: .weightDecay)
    }
}
