import Foundation
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// The model file is a safetensors file. It has one array per parameter (`0.W_x` is `W_x` of layer 0; `2/0.W_x` that of the second network
/// of an ensemble, `voice/0.W_x` that of the first network for voices), and `normaliser.mean` and `normaliser.deviation`. Its metadata are
/// `stimmung.format`, `recipe` (YAML), `labels` (JSON), `card` (JSON); unless they are 1, `temperature` and `stimmung.frontend`, the version of the
/// front end (`FeatureOptions.version`); `familiarity` (JSON) where it is measured; `voice.spread` and `voice.temperature` with networks for voices.
extension Model {
    /// The format version of model files.
    package static let format = "1"

    /// Reads a model file and validates every value.
    public init(contentsOf path: String) throws(ModelError) {
        do { try self.init(Model.safetensors(path), path: path) } catch {
            let isRecipe = Recipe.Catalogue.entry(path) != nil || (try? Recipe(contentsOf: path)) != nil
            throw isRecipe ? .isRecipe(file: path) : error
        }
    }

    /// Reads a model file and validates every value.
    public init(contentsOf file: URL) throws(ModelError) {
        try self.init(contentsOf: file.path(percentEncoded: false))
    }

    /// Decodes the model from a safetensors file in memory.
    ///
    /// - Parameter defersVoices: whether the networks for voices are decoded when they are first needed: half of a model. Errors in them then end
    ///   the program.
    package init(_ file: Safetensors, path: String, defersVoices: Bool = false) throws(ModelError) {
        if file.metadata["stimmung.machines"] != nil { throw .holdsMachines(file: path) }
        func metadata(_ key: String) throws(ModelError) -> String {
            try Model.reading { () throws(SafetensorsError) in try file.metadata(key, file: path) }
        }
        func decode<Value: Decodable>(_ key: String) throws(ModelError) -> Value {
            let text = try metadata(key)
            do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
                throw .notAModel(file: path, reason: "its \(key) cannot be read")
            }
        }
        let format = try metadata("stimmung.format")
        guard format == Model.format else { throw .otherVersion(file: path, found: format) }
        if let text = file.metadata["stimmung.frontend"] {
            guard let version = Int(text), version > 0 else {
                throw .notAModel(file: path, reason: "its stimmung.frontend \(text.prefix(40)) is not a version")
            }
            guard version <= FrontEnd.version else { throw .otherFrontEnd(file: path, found: version) }
        }
        let yaml = try metadata("recipe")
        do { recipe = try Recipe(parsing: yaml, file: "in it") } catch {
            let text = error.description
            throw .notAModel(file: path, reason: text.hasSuffix(".") ? String(text.dropLast()) : text)
        }
        if let encoder = recipe.features.encoder, encoder.weights?.count != 32 {
            throw .notAModel(file: path, reason: "it does not name the weights of its encoder \(encoder.name)")
        }
        let names: [String] = try decode("labels")
        labels = names
        guard Set(names).count == names.count, !names.contains(""), (2...10_000).contains(names.count) else {
            throw .notAModel(file: path, reason: "its labels \(names) are not at least two different ones")
        }
        card = try decode("card")
        ensemble = try Model.ensemble("", recipe, labels, in: file, path)
        func number(_ key: String, in allowed: ClosedRange<Double>) throws(ModelError) -> Double? {
            guard let text = file.metadata[key] else { return nil }
            guard let value = Double(text), allowed.contains(value) else {
                throw .notAModel(file: path, reason: "its \(key) \(text.prefix(40)) is not in \(allowed)")
            }
            return value
        }
        func required(_ key: String, in allowed: ClosedRange<Double>) throws(ModelError) -> Double {
            guard let value = try number(key, in: allowed) else { throw .notAModel(file: path, reason: "it has no metadata entry \(key)") }
            return value
        }
        temperature = try number("temperature", in: Calibration.allowed) ?? 1
        if file.metadata["familiarity"] != nil {
            let value: Familiarity = try decode("familiarity")
            guard value.isValid else { throw .notAModel(file: path, reason: "its familiarity has invalid numbers") }
            familiarity = value
        }
        if recipe.trainsVoices {
            let decode = { @Sendable [recipe, labels] () throws(ModelError) in
                try Model.ensemble(Model.voicePrefix, recipe, labels, in: file, path)
            }
            let networks =
                defersVoices
                ? Deferred { do { return try decode() } catch { preconditionFailure("networks for voices: \(error)") } }
                : Deferred(try decode())
            voiceNetworks = VoiceNetworks(
                networks, count: recipe.ensemble, spread: try number("voice.spread", in: 1e-9...1e9),
                temperature: try required("voice.temperature", in: Calibration.allowed))
        }
        guard recipe.normalisation.isOfTraining else { return }
        normaliser = Normaliser(
            mean: try Model.values("normaliser.mean", [recipe.features.width], in: file, path),
            deviation: try Model.values("normaliser.deviation", [recipe.features.width], in: file, path))
        // 0 for a column that was constant in training.
        guard normaliser?.deviation.allSatisfy({ $0 >= 0 }) == true else {
            throw .notAModel(file: path, reason: "the array normaliser.deviation has values below 0")
        }
    }

    /// The ensemble whose arrays' names begin with a prefix.
    private static func ensemble(
        _ prefix: String, _ recipe: Recipe, _ labels: [String], in file: Safetensors, _ path: String
    ) throws(ModelError) -> Ensemble {
        // The recipe may describe a network of any size; memory is allocated only for arrays that the file contains.
        var networks: [Network] = []
        for number in 0..<recipe.ensemble { networks.append(try network(prefix + Model.prefix(number), recipe, labels, in: file, path)) }
        return Ensemble(networks)
    }

    private static func network(
        _ prefix: String, _ recipe: Recipe, _ labels: [String], in file: Safetensors, _ path: String
    ) throws(ModelError) -> Network {
        let network = try Network(recipe.layers(classes: labels.count)) { (entry) throws(ModelError) in
            try tensor(prefix + entry.name, [entry.shape.rows, entry.shape.columns], in: file, path)
        }
        if let entry = network.parameters.firstNotFinite { throw notFinite(prefix + entry.name, path) }
        for entry in network.parameters.entries where entry.name.hasSuffix(".variance") {
            guard network.parameters.values[entry.range].allSatisfy({ $0 >= 0 }) else {
                throw .notAModel(file: path, reason: "the array \(prefix)\(entry.name) has variances below 0")
            }
        }
        return network
    }

    /// The prefix of the array names of a network.
    package static func prefix(_ number: Int) -> String { number == 0 ? "" : "\(number + 1)/" }

    /// The prefix of the array names of the networks for voices.
    private static let voicePrefix = "voice/"

    private static func values(_ name: String, _ shape: [Int], in file: Safetensors, _ path: String) throws(ModelError) -> [Float] {
        let values = try tensor(name, shape, in: file, path).values
        guard areFinite(values) else { throw notFinite(name, path) }
        return values
    }

    private static func tensor(
        _ name: String, _ shape: [Int], in file: Safetensors, _ path: String
    ) throws(ModelError) -> Safetensors.Tensor {
        try reading { () throws(SafetensorsError) in try file.tensor(name, shape: shape, file: path) }
    }

    private static func notFinite(_ name: String, _ path: String) -> ModelError {
        .notAModel(file: path, reason: "the array \(name) has values that are no numbers")
    }

    /// Reads a file, and tells one of another format from a damaged one.
    package static func safetensors(_ path: String) throws(ModelError) -> Safetensors {
        do { return try Safetensors(path: path) } catch {
            if case .malformed = error, !Safetensors.isLikely(path) { throw .notSafetensors(file: path) }
            throw .file(error)
        }
    }

    static func reading<Value>(_ body: () throws(SafetensorsError) -> Value) throws(ModelError) -> Value {
        do { return try body() } catch { throw .file(error) }
    }

    /// Writes the model file atomically. The same model gives the same bytes.
    ///
    /// - Throws: `ModelError`, also if the model could not be read back or has been adapted to a voice or source; nothing is written then.
    public func write(path: String) throws(ModelError) {
        guard voice == nil, source == nil else { throw .isAdapted(file: path) }
        let file = file
        _ = try Model(file, path: path)
        do { try file.write(path: path) } catch { throw .file(error) }
    }

    private var file: Safetensors {
        var file = Safetensors(metadata: [
            "stimmung.format": Model.format, "recipe": recipe.yaml, "labels": jsonText(labels), "card": jsonText(card),
        ])
        if temperature != 1 { file.metadata["temperature"] = "\(temperature)" }
        if recipe.features.version != 1 { file.metadata["stimmung.frontend"] = "\(recipe.features.version)" }
        if let familiarity { file.metadata["familiarity"] = jsonText(familiarity) }
        add(ensemble, "", to: &file)
        if let voiceNetworks {
            if let spread = voiceNetworks.spread { file.metadata["voice.spread"] = "\(spread)" }
            file.metadata["voice.temperature"] = "\(voiceNetworks.temperature)"
            add(voiceNetworks.ensemble, Model.voicePrefix, to: &file)
        }
        if let normaliser {
            file.set(Safetensors.Tensor(name: "normaliser.mean", shape: [normaliser.mean.count], values: normaliser.mean))
            file.set(Safetensors.Tensor(name: "normaliser.deviation", shape: [normaliser.deviation.count], values: normaliser.deviation))
        }
        return file
    }

    private func add(_ ensemble: Ensemble, _ prefix: String, to file: inout Safetensors) {
        let type: Safetensors.ElementType = recipe.weights == .bfloat16 ? .bf16 : .f32
        for (number, network) in ensemble.networks.enumerated() {
            for entry in network.parameters.entries {
                file.set(
                    Safetensors.Tensor(
                        name: prefix + Model.prefix(number) + entry.name, shape: [entry.shape.rows, entry.shape.columns],
                        values: Array(network.parameters.values[entry.range]), type: type))
            }
        }
    }
}
