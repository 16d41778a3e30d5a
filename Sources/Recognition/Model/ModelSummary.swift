/// A description of a model without its parameter values.
package struct ModelSummary: Sendable, Equatable, Codable {
    /// An array of parameters.
    package struct Array: Sendable, Equatable, Codable {
        package let name: String
        /// Rows and columns.
        package let shape: [Int]
    }

    package let labels: [String]
    package let card: ModelCard
    package let networks: Int
    /// Number of trained parameters in all networks.
    package let parameters: Int
    /// The arrays of one network.
    package let arrays: [Array]
    package let temperature: Double
    package let recipe: Recipe
}

extension Model {
    package var summary: ModelSummary {
        ModelSummary(
            labels: labels, card: card, networks: ensemble.networks.count, parameters: ensemble.parameterCount,
            arrays: ensemble.networks[0].parameters.entries.map { .init(name: $0.name, shape: [$0.shape.rows, $0.shape.columns]) },
            temperature: temperature, recipe: recipe)
    }
}
