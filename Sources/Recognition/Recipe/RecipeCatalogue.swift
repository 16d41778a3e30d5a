import StimmungSupport
import Yams

extension Recipe {
    /// The built-in recipes: the YAML files in `Recipes`, which the build embeds. A new file there is a new recipe.
    package enum Catalogue {
        /// All recipes, by name.
        package static let entries = recipeFiles.map { Entry(name: $0.name, yaml: $0.yaml) }.sorted { $0.name < $1.name }

        /// The recipe with this name; nil where there is none.
        package static func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

        package static var names: [String] { entries.map(\.name) }

        /// The top-level key of `Study`. It is no part of a recipe: decoding a recipe ignores it, and no model file has it.
        static let studyKey = "study"
    }
}

extension Recipe.Catalogue {
    /// A built-in recipe.
    package struct Entry: Sendable {
        /// The file's name without its extension, which is the recipe's name too.
        package let name: String
        /// The file's text.
        package let yaml: String

        /// The first sentence of the comment at the head of the file.
        package var summary: String {
            let comment = yaml.split(separator: "\n").prefix { $0.hasPrefix("#") }.map { $0.drop { "# ".contains($0) } }.joined(
                separator: " ")
            return comment.firstRange(of: ". ").map { String(comment[..<$0.lowerBound]) + "." } ?? comment
        }

        /// The recipe's entry in the study; nil where the study does not evaluate it.
        package var study: Study? {
            struct Metadata: Decodable {
                let study: Study?
            }
            do { return try YAMLDecoder().decode(Metadata.self, from: yaml).study } catch {
                preconditionFailure("the built-in recipe \(name): \(error)")
            }
        }

        /// Whether Boltzmann machines are pre-trained without labels.
        package var isPretrained: Bool { (try? Recipe(parsing: yaml, file: name))?.pretraining != nil }
    }

    /// The metadata of `stimmung study`: the key `study` of the file.
    package struct Study: Sendable, Equatable {
        /// Recipes are evaluated in this order, from the lowest; recipes of the same order by name.
        package let order: Int
        /// Training time of a fold, 1 for `lstm` without augmentation: rough figures of runs on EmoDB, used for nothing but the remaining time.
        package let cost: Double
        /// The accuracy that the study prints, in per cent; nil where it prints none.
        package let printed: Double?
        /// Whether a report shows the inside of one of its networks.
        package let isPictured: Bool

        package init(order: Int, cost: Double, printed: Double?, isPictured: Bool) {
            self.order = order
            self.cost = cost
            self.printed = printed
            self.isPictured = isPictured
        }
    }
}

extension Recipe.Catalogue.Study: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case order, cost, printed
        case isPictured = "pictured"
    }

    package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        order = try keys.decode(Int.self, forKey: .order)
        cost = try keys.decode(Double.self, forKey: .cost)
        printed = try keys.decodeIfPresent(Double.self, forKey: .printed)
        isPictured = try keys.decodeIfPresent(Bool.self, forKey: .isPictured) ?? false
    }
}
