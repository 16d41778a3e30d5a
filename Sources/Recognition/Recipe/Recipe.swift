import StimmungFeatures
import StimmungSupport

/// A system that can be trained and evaluated: features, normalisation, network, training and decision.
///
///     let recipe = try Recipe(named: "lstm")           // a built-in recipe; Recipe(contentsOf: "mine.yaml") reads a file
///     print(recipe.yaml)
///
/// A recipe is a YAML file; `Recipes/lstm.yaml` shows the common keys with their meaning. Missing keys have their defaults; unknown keys
/// are errors.
public struct Recipe: Sendable, Equatable {
    /// Name of the recipe.
    public var name: String
    /// Options of the front end.
    public var features = FeatureOptions()
    /// The recordings whose mean and standard deviation standardise the features.
    public var normalisation = Normalisation.train
    /// Boltzmann machines between the features and the network; nil for none.
    package var pretraining: PretrainingRecipe?
    /// The layers from input to output, without the output layer.
    package var network: [LayerRecipe]
    /// Unsupervised pre-training of the dense layers; nil for none.
    package var autoencoder: AutoencoderRecipe?
    /// Options for training the network.
    public var training = TrainingRecipe()
    /// Penalties and limits on the norms of weights during training.
    package var regularisation: [RegularisationRecipe] = []
    package var decision = Decision.logPosteriors
    /// The part of a recording that decisions are about; nil for all of it.
    package var speech: SpeechUse?
    /// Number of networks trained from different initial weights; their posteriors are averaged.
    public var ensemble = 1
    /// Data augmentation: altered copies of every training recording, used in addition to the recordings.
    public var augmentation: [RecordingCopy] = []
    /// Number of folds of the training speakers for calibration. The recipe is trained once without each fold, and its predictions for the
    /// omitted speakers set the temperature of its probabilities; 0 disables calibration.
    public var calibration = 0
    /// How much less confident the model is about speech unlike its training data: the temperature grows by this factor and 1 as `familiarity`
    /// falls from 1 to 0. nil: by nothing, and familiarity is not measured. Only for functionals, with calibration.
    package var unfamiliar: Double?
    /// Whether networks for enrolled voices are trained too, on features less the mean of each speaker; nil: no.
    package var voiceNetworks: Bool?
    /// Number format of the trained weights; nil: float32.
    package var weights: WeightFormat?

    package init(name: String, network: [LayerRecipe]) {
        self.name = name
        self.network = network
    }

    /// Checks every value.
    ///
    /// - Throws: `RecipeError.value` if a value is invalid.
    public func validate() throws(RecipeError) {
        let check = ValueCheck(prefix: "")
        try checkingOptions(features.validate)
        try check(network.count <= 100, "network", "\(network.count) layers", "at most 100 layers")
        try pretraining?.validate()
        for layer in network { try layer.validate() }
        try training.validate()
        if features.isPooled, normalisation == .utterance {
            // A single row minus its own mean is all zeros.
            throw .value(key: "normalisation", value: "utterance", allowed: "none, train or speaker with functionals")
        }
        try validateContexts()
        try autoencoder?.validate(network)
        for entry in regularisation { try entry.validate(network) }
        try check((1...100).contains(ensemble), "ensemble", ensemble, "1 to 100 networks")
        try check(calibration == 0 || (2...100).contains(calibration), "calibration", calibration, "0 (none), or 2 to 100 parts")
        if let unfamiliar {
            try check((0...100).contains(unfamiliar), "unfamiliar", unfamiliar, "0 to 100")
            let isMeasured = features.isPooled && calibration > 0
            try check(unfamiliar == 0 || isMeasured, "unfamiliar", unfamiliar, "0 without functionals and calibration")
        }
        try check(augmentation.count <= 100, "augmentation", "\(augmentation.count) copies", "at most 100 copies")
        for copy in augmentation { try checkingOptions(copy.validate) }
    }

    /// Runs a check of feature options and converts its errors to recipe errors.
    private func checkingOptions(_ check: () throws -> Void) throws(RecipeError) {
        do { try check() } catch let error as RecipeError { throw error } catch FeatureError.option(let name, let value, let allowed) {
            throw .value(key: "features.\(name)", value: value, allowed: allowed)
        } catch { preconditionFailure("unexpected error in feature options: \(error)") }
    }
}

extension Recipe: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, features, normalisation, pretraining, network, autoencoder, training, regularisation, decision, speech, ensemble,
            augmentation, calibration, unfamiliar, voiceNetworks, weights
    }

    public init(from decoder: any Decoder) throws {
        // Copies of built-in recipes may still have the catalogue's key.
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
        speech = try keys.decodeIfPresent(SpeechUse.self, forKey: .speech)
        ensemble = try keys.decodeIfPresent(Int.self, forKey: .ensemble) ?? ensemble
        augmentation = try keys.decodeIfPresent([RecordingCopy].self, forKey: .augmentation) ?? augmentation
        calibration = try keys.decodeIfPresent(Int.self, forKey: .calibration) ?? calibration
        unfamiliar = try keys.decodeIfPresent(Double.self, forKey: .unfamiliar)
        voiceNetworks = try keys.decodeIfPresent(Bool.self, forKey: .voiceNetworks)
        weights = try keys.decodeIfPresent(WeightFormat.self, forKey: .weights)
    }
}

/// The number format that a network's weights are rounded to after training, and stored in.
package enum WeightFormat: String, Sendable, Choice {
    case float32
    /// 8 bits of significance, half the size.
    case bfloat16
}

extension Recipe {
    /// Whether a model of this recipe has networks for enrolled voices.
    package var trainsVoices: Bool { voiceNetworks == true && normalisation.isOfTraining }

    /// Networks that are trained for a model, without those for calibration.
    package var networkCount: Int { ensemble * (trainsVoices ? 2 : 1) }
}
