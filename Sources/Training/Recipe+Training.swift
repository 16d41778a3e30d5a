import Stimmung
import StimmungBoltzmann
import StimmungNetworks
import StimmungSupport

/// What a recipe means for the trainers of networks, auto-encoders and Boltzmann machines.
extension Recipe {
    /// The trainer's options, with the crop in frames of this recipe's features.
    ///
    /// - Parameter lower: layers of machines below the recipe's own in the network that is trained.
    package func trainingOptions(seed: UInt64, above lower: Int) -> TrainingOptions {
        var options = training.options(framesPerSecond: 1 / features.hop, seed: seed)
        options.regularisers = regularisers(above: lower)
        return options
    }

    /// The trainer's regularisers.
    ///
    /// - Parameter lower: layers of machines below the recipe's own in the network that is trained.
    package func regularisers(above lower: Int) -> [Regulariser] {
        // The first layer of each entry of `network` and of the classes' layer, and the end.
        var starts = [lower]
        for layer in network { starts.append(starts[starts.count - 1] + layer.layers(inputs: 1).count) }
        starts.append(starts[starts.count - 1] + 1)
        return regularisation.compactMap { entry in
            let layers = entry.layers.map { Set($0.flatMap { starts[$0 - 1]..<starts[$0] }) }
            if let penalty = entry.penalty { return Regulariser(.penalty(penalty), p: entry.norm, layers: layers) }
            return entry.limit.map { Regulariser(.limit($0), p: entry.norm, layers: layers) }
        }
    }
}

extension TrainingRecipe {
    /// The options for the trainer.
    ///
    /// - Parameter framesPerSecond: turns the crop's seconds into frames.
    package func options(framesPerSecond: Double, seed: UInt64) -> TrainingOptions {
        var options = TrainingOptions()
        options.loss = FrameLoss(loss, labelSmoothing: labelSmoothing)
        options.epochs = epochs
        options.batch = batch
        options.crop = crop > 0 ? max(1, Int((crop * framesPerSecond).rounded())) : nil
        options.learningRate = learningRate
        options.schedule = schedule
        options.optimiser = Optimiser.Options(kind: optimiser, momentum: momentum, weightDecay: weightDecay)
        options.clip = clip
        options.balancesClasses = classWeights == .balanced
        options.drawsGroupsAsTheyAre = sampling == .proportional
        // A falling rate is planned for all epochs: stopping it half-way would leave it high.
        options.patience = heldOutSpeakers > 0 && schedule == .constant ? patience : nil
        options.precision = precision ?? .float32
        options.seed = seed
        return options
    }
}

extension PretrainingRecipe {
    /// The stack's training, on features that have been standardised.
    package func training(seed: UInt64, workers: Workers) -> BoltzmannStack.Training {
        var options = LearningOptions()
        options.epochs = epochs
        options.batch = batch
        options.learningRate = learningRate
        options.gibbsSteps = gibbsSteps
        options.weightDecay = weightDecay
        options.seed = seed
        return BoltzmannStack.Training(
            machines.map { BoltzmannStack.Plan(hidden: $0.hidden, order: $0.order, options: options) }, units: .gaussian, workers: workers,
            seed: seed)
    }
}

extension AutoencoderRecipe {
    package func options(seed: UInt64) -> AutoencoderOptions {
        var options = AutoencoderOptions()
        options.epochs = epochs
        options.batch = batch
        options.learningRate = learningRate
        options.isTied = tied
        options.noise = noise
        options.seed = seed
        return options
    }
}
