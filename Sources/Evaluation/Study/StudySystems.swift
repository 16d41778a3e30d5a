import Stimmung

/// The systems that a study compares: the recipes whose files have the key `study`.
package enum StudySystems {
    private static let entries = Recipe.Catalogue.entries
        .compactMap { entry in entry.study.map { (name: entry.name, study: $0) } }
        .sorted { ($0.study.order, $0.name) < ($1.study.order, $1.name) }

    /// Recipes in the order in which they are evaluated: the three with printed figures first, then the quick ones.
    package static let names = entries.map(\.name)

    /// The system that all others are compared with, where it is among them.
    package static let reference = "lstm"

    /// What Z. Han's study prints, in per cent of the utterances. It names neither corpus nor split; they are 352, 399 and 408 of 489, cut off, which
    /// is the number of EmoDB's recordings without disgust.
    package static let printed = Dictionary(
        uniqueKeysWithValues: entries.compactMap { entry in entry.study.printed.map { (entry.name, $0) } })

    /// Its classes, most probably.
    package static let classes = ["anger", "boredom", "fear", "happiness", "neutral", "sadness"]

    /// The systems whose networks a report looks into, where it has them.
    package static let pictured = entries.filter(\.study.isPictured).map(\.name)

    /// The cost of a recipe that is not one of the study's, in the unit of `cost(of:)`.
    static let usualCost = 1.5

    /// How long a fold trains; see `Recipe.Catalogue.Study.cost`.
    static func cost(of name: String) -> Double {
        entries.first { $0.name == name }?.study.cost ?? usualCost
    }
}
