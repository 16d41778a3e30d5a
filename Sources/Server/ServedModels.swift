import Stimmung

/// The models of a server, by name. The first is the default.
package struct ServedModels: Sendable {
    package struct Entry: Sendable {
        package let name: String
        package let recogniser: Recogniser

        package init(name: String, recogniser: Recogniser) { (self.name, self.recogniser) = (name, recogniser) }
    }

    let entries: [Entry]

    /// - Parameter entries: at least one; names differ.
    package init(_ entries: [Entry]) {
        precondition(!entries.isEmpty && Set(entries.map(\.name)).count == entries.count, "no model, or two of one name")
        self.entries = entries
    }

    /// The name of the model for requests that name none.
    var defaultName: String { entries[0].name }

    /// The recogniser of this name; the default one for nil.
    func recogniser(_ name: String?) -> Recogniser? {
        guard let name else { return entries[0].recogniser }
        return entries.first { $0.name == name }?.recogniser
    }
}
