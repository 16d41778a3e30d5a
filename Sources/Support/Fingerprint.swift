// A file of its own: one concept, which checkpoints and journals share.

/// The inputs of long-running work, as text in a checkpoint or journal. Work with another fingerprint cannot resume from it.
///
///     var fingerprint = Fingerprint()
///     fingerprint.add("recipe", recipe.yaml)
///     fingerprint.add("seed", seed)
///     fingerprint.text
///
/// The order of the parts matters. The first part is always the version of this package.
package struct Fingerprint: Sendable, Equatable {
    private var parts = ["version: \(stimmungVersion)"]

    package init() {}

    package mutating func add(_ name: String, _ value: some CustomStringConvertible) {
        parts.append("\(name): \(value)")
    }

    /// A JSON array with a string per part.
    package var text: String { jsonText(parts) }
}
