import ArgumentParser
import Foundation
import StimmungCorpora
import StimmungTraining
import Synchronization

/// How commands that train or test treat the faults of a corpus.
struct CorpusOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Largest share of unusable recordings to skip (silent, empty, damaged, too short): such as 10%, all or none. \
            Except with none, one recording may always be skipped.
            """, valueName: "share"))
    var skipUnusable = SkipShare(share: SkipLimit.usualShare)
}

/// A share of a corpus: `5%`, `0.05`, `all` or `none`.
struct SkipShare: ExpressibleByArgument {
    let share: Double

    init(share: Double) { self.share = share }

    init?(argument: String) {
        switch argument {
        case "all": share = 1
        case "none": share = 0
        default:
            let isPercent = argument.hasSuffix("%")
            let number = isPercent ? argument.dropLast().trimmingCharacters(in: .whitespaces) : argument
            guard let value = Double(number), (0...1).contains(isPercent ? value / 100 : value) else { return nil }
            share = isPercent ? value / 100 : value
        }
    }

    var defaultValueDescription: String { "5%" }
}

extension ProgressLine {
    /// Prints findings about corpora, each once, however many evaluations find them.
    func warnings() -> @Sendable (CorpusWarning) -> Void {
        let printed = Mutex<Set<CorpusWarning>>([])
        return { warning in
            if printed.withLock({ $0.insert(warning).inserted }) { self.complain("stimmung: warning: \(warning)") }
        }
    }
}
