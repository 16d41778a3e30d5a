import StimmungSupport
import Yams

extension Recipe {
    /// The built-in recipes: the YAML files in `Recipes`, which the build embeds. To add a recipe, add a file.
    package enum Catalogue {
        /// All recipes, by name.
        package static let entries = recipeFiles.map { Entry(name: $0.name, yaml: $0.yaml) }.sorted { $0.name < $1.name }

        /// The recipe with this name; nil if there is none.
        package static func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

        package static var names: [String] { entries.map(\.name) }

        /// The top-level key of `Study`. It is not part of a recipe: decoding a recipe ignores it, and model files do not contain it.
        static let studyKey = "study"
    }
}

extension Recipe.Catalogue {
    /// A built-in recipe.
    package struct Entry: Sendable {
        /// The file name without its extension, which is also the recipe's name.
        package let name: String
        /// The text of the file.
        package let yaml: String

        /// The first sentence of the comment at the top of the file.
        package var summary: String {
            let comment = yaml.split(separator: "\n").prefix { $0.hasPrefix("#") }.map { $0.drop { "# ".contains($0) } }.joined(
                separator: " ")
            return comment.firstRange(of: ". ").map { String(comment[..<$0.lowerBound]) + "." } ?? comment
        }

        /// The recipe's entry in the study; nil if the study does not evaluate it.
        package var study: Study? {
            struct Metadata: Decodable {
                let study: Study?
            }
            do { return try NodeDecoder.decode(Metadata.self, from: yaml).study } catch {
                preconditionFailure("the built-in recipe \(name): \(error)")
            }
        }

        /// Whether Boltzmann machines are pre-trained without labels.
        package var isPretrained: Bool { (try? Recipe(parsing: yaml, file: name))?.pretraining != nil }
    }

    /// The metadata for `stimmung study`: the key `study` of the file.
    package struct Study: Sendable, Equatable {
        /// Position in the study, in ascending order; recipes with the same position are ordered by name.
        package let order: Int
        /// Relative training time of a fold (`lstm` without augmentation is 1). Rough figures from runs on EmoDB, used only to estimate the
        /// remaining time.
        package let cost: Double
        /// The accuracy printed in the study, in per cent; nil if it prints none.
        package let printed: Double?
        /// Whether a report visualises one of the recipe's networks.
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
