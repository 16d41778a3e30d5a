import Foundation
import Stimmung
import Testing

struct RecipeCatalogueTests {
    /// A new file in the folder is a new recipe.
    @Test func everyFileOfTheFolderIsARecipe() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Recognition/Recipes").standardized
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.allSatisfy { $0.pathExtension == "yaml" } && !files.isEmpty)
        #expect(Recipe.Catalogue.names == files.map { $0.deletingPathExtension().lastPathComponent }.sorted())
        for file in files {
            let entry = try #require(Recipe.Catalogue.entry(file.deletingPathExtension().lastPathComponent))
            #expect(try entry.yaml == String(contentsOf: file, encoding: .utf8))
            #expect(try Recipe(contentsOf: file) == Recipe(named: entry.name), "a copy is the same recipe")
        }
    }

    @Test(arguments: Recipe.Catalogue.names) func entriesHaveWhatListsNeed(name: String) throws {
        let entry = try #require(Recipe.Catalogue.entry(name))
        #expect(entry.summary.hasSuffix(".") && (20...250).contains(entry.summary.count), "\(entry.summary)")
        if let study = entry.study { #expect(study.order > 0 && study.cost > 0 && (study.printed.map { (0...100).contains($0) } ?? true)) }
        #expect(entry.isPretrained == (try Recipe(named: name).pretraining != nil))
    }

    /// Of the recipes that the package has had from the start; later ones may have machines or not.
    @Test func recipesWithMachinesArePretrained() throws {
        let known = [
            "blstm", "crbm-lstm", "functionals-ensemble", "functionals-live", "functionals-mlp", "lstm", "mlp", "pretrained-mlp", "rbm-mlp",
            "rectifier-blstm",
            "rectifier-lstm", "rnn", "stacked-crbm-lstm",
        ]
        let pretrained = try known.filter { try #require(Recipe.Catalogue.entry($0)).isPretrained }
        #expect(pretrained == ["crbm-lstm", "rbm-mlp", "stacked-crbm-lstm"])
    }

    @Test func theFirstSentenceIsTheSummary() throws {
        let entry = try #require(Recipe.Catalogue.entry("functionals-mlp"))
        #expect(entry.summary.hasSuffix("one row per utterance."))
        #expect(entry.study == .init(order: 40, cost: 1.2, printed: nil, isPictured: true))
    }

    /// The study's key is for the catalogue: it is in no recipe, and so in no model file.
    @Test func theStudysKeyIsNoPartOfARecipe() throws {
        let text = "name: x\nnetwork: []\n"
        let recipe = try Recipe(parsing: text + "study: {order: 1, cost: many, else: 2}\n", file: "x")
        #expect(try recipe == Recipe(parsing: text, file: "x") && !recipe.yaml.contains("study:"))
        #expect(try !Recipe(named: "lstm").yaml.contains("study:"))
    }
}
