extension ModelCard {
    /// An adaptation of the model to labelled recordings after its training.
    public struct Adaptation: Sendable, Equatable, Codable {
        /// Figures on recordings that the judged networks were not adapted to.
        public struct Figures: Sendable, Equatable, Codable {
            /// Weighted accuracy, 0 … 1: the share of the recordings that is recognised.
            public let wa: Double
            /// Unweighted average recall, 0 … 1: the mean recall of the classes of the recordings.
            public let uar: Double

            package init(wa: Double, uar: Double) {
                self.wa = wa
                self.uar = uar
            }
        }

        /// The version of this package that adapted the model.
        public let version: String
        /// Name of the corpus.
        public let corpus: String
        /// Number of its speakers.
        public let speakers: Int
        /// Number of recordings of each class.
        public let utterancesPerClass: [String: Int]
        /// Random seed of the folds.
        public let seed: UInt64
        /// Number of folds of the held-out figures.
        public let folds: Int
        /// Whether each fold leaves whole speakers out.
        public let leavesSpeakersOut: Bool
        /// How strongly the old weights were kept; nil if the program that adapted the model did not say.
        public let strength: Double?
        /// Held-out figures of the model before it was adapted.
        public let before: Figures
        /// Held-out figures of the adaptation, pooled over the folds.
        public let after: Figures
        /// Identifies each recording by its sound, so that a later adaptation can tell that the model has heard it: 16 hexadecimal digits each, sorted;
        /// nil if the program that adapted the model did not keep them.
        package let contents: [String]?

        // More than five parameters: one per property.
        package init(
            version: String, corpus: String, speakers: Int, utterancesPerClass: [String: Int], seed: UInt64, folds: Int,
            leavesSpeakersOut: Bool, strength: Double?, before: Figures, after: Figures, contents: [String]
        ) {
            self.version = version
            self.corpus = corpus
            self.speakers = speakers
            self.utterancesPerClass = utterancesPerClass
            self.seed = seed
            self.folds = folds
            self.leavesSpeakersOut = leavesSpeakersOut
            self.strength = strength
            self.before = before
            self.after = after
            self.contents = contents
        }

        /// Number of recordings.
        public var utterances: Int {
            // A damaged file may claim any numbers.
            utterancesPerClass.values.reduce(0) { sum, count in
                let (sum, overflows) = sum.addingReportingOverflow(count)
                return overflows ? .max : sum
            }
        }

        private enum CodingKeys: String, CodingKey {
            case version, corpus, speakers, seed, folds, strength, before, after, contents
            case utterancesPerClass = "utterances_per_class"
            case leavesSpeakersOut = "leaves_speakers_out"
        }
    }

    /// What the model has been adapted to since its training, in order; empty for most models.
    public var adaptations: [Adaptation] {
        get { adapted ?? [] }
        set { adapted = newValue.isEmpty ? nil : newValue }
    }
}
