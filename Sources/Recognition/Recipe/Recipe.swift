import StimmungFeatures
import StimmungSupport

/// A system that can be trained and evaluated: features, normalisation, network, training and decision.
///
///     let recipe = try Recipe(named: "lstm")           // a built-in recipe; Recipe(contentsOf: "mine.yaml") reads a file
///     print(recipe.yaml)
///
/// A recipe is a YAML file; `Recipes/lstm.yaml` shows the common keys with their meaning. A key left out has its default, an unknown one is an error.
public struct Recipe: Sendable, Equatable {
    /// Name of the recipe.
    public var name: String
    /// Options of the front end.
    public var features = FeatureOptions()
    /// Which recordings the mean and deviation for standardising the features come from.
    public var normalisation = Normalisation.train
    /// Boltzmann machines between the features and the network; nil has none.
    package var pretraining: PretrainingRecipe?
    /// The layers from the features up, without the classes' own.
    package var network: [LayerRecipe]
    /// Training of the dense layers without labels before the network is trained; nil has none.
    package var autoencoder: AutoencoderRecipe?
    /// Options for training the network.
    public var training = TrainingRecipe()
    /// Penalties and limits on norms of weights while the network is trained.
    package var regularisation: [RegularisationRecipe] = []
    package var decision = Decision.logPosteriors
    /// Networks that are trained from different starts, and whose posteriors are averaged.
    public var ensemble = 1
    /// Altered copies of every training recording that training hears besides the recordings themselves.
    public var augmentation: [RecordingCopy] = []
    /// Parts that the training speakers are divided into for calibration: the recipe is trained without each of them in turn, and what it
    /// says of the speakers it has not heard sets the temperature of its probabilities; 0 leaves them as they are.
    public var calibration = 0

    package init(name: String, network: [LayerRecipe]) {
        self.name = name
        self.network = network
    }

    /// Checks every value.
    ///
    /// - Throws: `RecipeError.value`
    public func validate() throws(RecipeError) {
        let check = ValueCheck(prefix: "")
        try checkingOptions(features.validate)
        try check(network.count <= 100, "network", "\(network.count) layers", "at most 100 layers")
        try pretraining?.validate()
        for layer in network { try layer.validate() }
        try training.validate()
        if features.functionals != nil, normalisation == .utterance {
            // A single row less its own mean is zeros.
            throw .value(key: "normalisation", value: "utterance", allowed: "none, train or speaker with functionals")
        }
        try validateContexts()
        try autoencoder?.validate(network)
        for entry in regularisation { try entry.validate(network) }
        try check((1...100).contains(ensemble), "ensemble", ensemble, "1 to 100 networks")
        try check(calibration == 0 || (2...100).contains(calibration), "calibration", calibration, "0 (none), or 2 to 100 parts")
        try check(augmentation.count <= 100, "augmentation", "\(augmentation.count) copies", "at most 100 copies")
        for copy in augmentation { try checkingOptions(copy.validate) }
    }

    /// Checks what holds options of the features, whose errors become those of the recipe.
    private func checkingOptions(_ check: () throws -> Void) throws(RecipeError) {
        do { try check() } catch let error as RecipeError { throw error } catch FeatureError.option(let name, let value, let allowed) {
            throw .value(key: "features.\(name)", value: value, allowed: allowed)
        } catch { preconditionFailure("options have errors of their values only: \(error)") }
    }
}

extension Recipe: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, features, normalisation, pretraining, network, autoencoder, training, regularisation, decision, ensemble, augmentation,
            calibration
    }

    public init(from decoder: any Decoder) throws {
        // A copy of a built-in recipe still has the catalogue's key.
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self, ignoring: [Catalogue.studyKey])
        self.init(
            name: try keys.decode(String.self, forKey: .name), network: try keys.decode([LayerRecipe].self, forKey: .network))
        features = try keys.decodeIfPresent(FeatureOptions.self, forKey: .features) ?? features
        normalisation = try keys.decodeIfPresent(Normalisation.self, forKey: .normalisation) ?? normalisation
        pretraining = try keys.decodeIfPresent(PretrainingRecipe.self, forKey: .pretraining)
        training = try keys.decodeIfPresent(TrainingRecipe.self, forKey: .training) ?? training
        autoencoder = try keys.decodeIfPresent(AutoencoderRecipe.self, forKey: .autoencoder)
        regularisation = try keys.decodeIfPresent([RegularisationRecipe].self, forKey: .regularisation) ?? regularisation
        decision = try keys.decodeIfPresent(Decision.self, forKey: .decision) ?? decision
        ensemble = try keys.decodeIfPresent(Int.self, forKey: .ensemble) ?? ensemble
        augmentation = try keys.decodeIfPresent([RecordingCopy].self, forKey: .augmentation) ?? augmentation
        calibration = try keys.decodeIfPresent(Int.self, forKey: .calibration) ?? calibration
    }
}
