/// Arousal and valence.
public struct Affect: Sendable, Equatable, Codable {
    /// From −1 (calm) to 1 (aroused).
    public var arousal: Double
    /// From −1 (unpleasant) to 1 (pleasant).
    public var valence: Double

    /// A point of the plane of arousal and valence.
    public init(arousal: Double, valence: Double) {
        self.arousal = arousal
        self.valence = valence
    }
}

/// A mapping of class probabilities to arousal and valence.
///
/// Every known class has a fixed point. The value is the mean of the points, weighted by the probabilities. It is therefore another view of the
/// probabilities and not a measurement: a model that recognises classes by name has not learnt arousal and valence, and the values have not been compared
/// with people's ratings.
///
/// The points are in steps of 0.5. They are our coarse reading of the circular order of affect words in J. A. Russell, *A circumplex model of affect*, Journal of
/// Personality and Social Psychology 39 (1980), and not published norms. Disgust is not in that study; it has the place of distress. Happiness lies between
/// pleasure and excitement, and neutral is the origin.
public enum AffectMapping {
    /// The point of each known class, by its label.
    public static let points: [String: Affect] = [
        "anger": Affect(arousal: 1, valence: -0.5),
        "boredom": Affect(arousal: -1, valence: -0.5),
        "calm": Affect(arousal: -0.5, valence: 0.5),
        "disgust": Affect(arousal: 0.5, valence: -1),
        "excitement": Affect(arousal: 1, valence: 0.5),
        "fear": Affect(arousal: 1, valence: -0.5),
        "frustration": Affect(arousal: 0.5, valence: -0.5),
        "happiness": Affect(arousal: 0.5, valence: 1),
        "neutral": Affect(arousal: 0, valence: 0),
        "sadness": Affect(arousal: -0.5, valence: -1),
        "surprise": Affect(arousal: 1, valence: 0),
    ]

    /// The mean of the classes' points, weighted by their probabilities.
    ///
    /// - Returns: nil if there are no classes, if one of them has no point, whatever its probability, or if a probability is not finite.
    public static func affect(of probabilities: [ClassProbability]) -> Affect? {
        guard !probabilities.isEmpty else { return nil }
        var (affect, total) = (Affect(arousal: 0, valence: 0), 0.0)
        for entry in probabilities {
            guard let point = points[entry.label], entry.probability.isFinite else { return nil }
            affect.arousal += entry.probability * point.arousal
            affect.valence += entry.probability * point.valence
            total += entry.probability
        }
        guard total > 0 else { return nil }
        return Affect(arousal: affect.arousal / total, valence: affect.valence / total)
    }
}

extension Prediction {
    /// `AffectMapping` of the probabilities; nil where there is no speech, and if it does not know a class of the model.
    public var affect: Affect? { AffectMapping.affect(of: probabilities) }
}

extension Prediction.Segment {
    /// `AffectMapping` of the probabilities; nil where there is no speech, and if it does not know a class of the model.
    public var affect: Affect? { AffectMapping.affect(of: probabilities) }
}
