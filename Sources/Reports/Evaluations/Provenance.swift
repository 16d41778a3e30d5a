import Stimmung
import StimmungCorpora
import StimmungSupport

/// How a report was produced, printed at the end of every report.
public struct Provenance: Sendable {
    /// Command line, as typed.
    public var command: String
    /// Date and time, printed as given.
    public var date: String
    /// Corpus, printed with its utterances per class and its number of skipped files.
    public var corpus: Corpus
    /// Recipes, printed as YAML.
    public var recipes: [Recipe]

    /// Creates a provenance; each parameter sets the property of the same name.
    public init(command: String, date: String, corpus: Corpus, recipes: [Recipe]) {
        self.command = command
        self.date = date
        self.corpus = corpus
        self.recipes = recipes
    }

    func write(to page: inout ReportPage) {
        page.heading("How this was made")
        page.verbatim(command)
        page.paragraph("stimmung \(stimmungVersion), \(date).")
        let labels = corpus.labels.labels
        let counts = labels.map { label in corpus.utterances.count { $0.emotion == label } }
        let files = corpus.skipped.isEmpty ? "" : "; \(corpus.skipped.count) files were left out"
        page.paragraph("Corpus \(corpus.name): \(corpus.utterances.count) utterances of \(corpus.speakers.count) speakers\(files).")
        page.table(columns: ["class"] + labels, rows: [["utterances"] + counts.map(String.init)])
        for recipe in recipes { page.details("Recipe \(recipe.name)", isOpen: recipes.count == 1) { $0.verbatim(recipe.yaml) } }
    }
}
