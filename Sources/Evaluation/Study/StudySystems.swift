/// The systems that a study compares.
package enum StudySystems {
    /// Recipes in the order in which they are evaluated: the three with printed figures first, then the quick ones.
    package static let names = [
        "lstm", "rectifier-lstm", "crbm-lstm", "functionals-mlp", "rnn", "blstm", "stacked-crbm-lstm", "rectifier-blstm", "mlp",
        "pretrained-mlp",
    ]

    /// The system that all others are compared with, where it is among them.
    package static let reference = "lstm"

    /// What Z. Han's study prints, in per cent of the utterances. It names neither corpus nor split; they are 352, 399 and 408 of 489, cut off, which
    /// is the number of EmoDB's recordings without disgust.
    package static let printed = ["crbm-lstm": 71.98, "lstm": 81.59, "rectifier-lstm": 83.43]

    /// Its classes, most probably.
    package static let classes = ["anger", "boredom", "fear", "happiness", "neutral", "sadness"]

    /// How long a fold trains, `lstm` without copies being 1: rough figures of runs on EmoDB, used for nothing but the remaining time.
    static let cost: [String: Double] = [
        "lstm": 3.3, "rectifier-lstm": 4.6, "crbm-lstm": 1.7, "functionals-mlp": 1.2, "rnn": 0.4, "blstm": 1.1, "stacked-crbm-lstm": 3.2,
        "rectifier-blstm": 1.8, "mlp": 2.5, "pretrained-mlp": 3.5,
    ]
}
