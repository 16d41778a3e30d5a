// A file of its own: one concept, which checkpoints and journals share.

/// What long work depends on, as a text that a checkpoint or journal keeps: work with another text cannot resume from it.
///
///     var fingerprint = Fingerprint()
///     fingerprint.add("recipe", recipe.yaml)
///     fingerprint.add("seed", seed)
///     fingerprint.text
///
/// Parts count in the order in which they are added. The version of this package is always the first.
package struct Fingerprint: Sendable, Equatable {
    private var parts = ["version: \(stimmungVersion)"]

    package init() {}

    package mutating func add(_ name: String, _ value: some CustomStringConvertible) {
        parts.append("\(name): \(value)")
    }

    /// A JSON array with a string for each part.
    package var text: String { jsonText(parts) }
}
