import StimmungSupport
import Yams

/// The header of an audformat database, `db.yaml`: its tables and schemes.
struct AudformatHeader {
    struct Table {
        let id: String
        let isSegmented: Bool
        let part: CorpusPart?
        /// Names of the columns with their schemes, in their order.
        let columns: [(name: String, scheme: String?)]
    }

    struct Scheme {
        /// Labels with their properties; nil if any value is allowed.
        var labels: [String: [String: String]]?
        /// Table that has the labels and their properties.
        var table: String?
    }

    let path: String
    let name: String?
    let tables: [Table]
    /// Tables without recordings, such as one of speakers, by their names.
    let others: Set<String>
    let schemes: [String: Scheme]
    /// Those whose labels are mostly known emotions.
    private let schemesOfEmotions: Set<String>

    /// - Throws: `unreadable`, `invalidFormat`
    init(path: String) throws(CorpusError) {
        self.path = path
        let text = try LimitedFile.text(path, limit: BoundedYAML.largest)
        let root: Node
        do throws(BoundedYAML.Failure) { root = try BoundedYAML.compose(text) } catch { throw Self.invalid(path, error.reason) }
        guard let tables = root.entry("tables"), !tables.entries.isEmpty else { throw Self.invalid(path, "it has no tables") }
        name = root.entry("name")?.word
        let parts = Dictionary(
            (root.entry("splits")?.entries ?? []).map { ($0.key, CorpusPart(name: $0.value.entry("type")?.word ?? $0.key)) },
            uniquingKeysWith: { first, _ in first })
        self.tables = tables.entries.map { id, table in
            Table(
                id: id, isSegmented: table.entry("type")?.word == "segmented",
                part: table.entry("split_id")?.word.flatMap { parts[$0] ?? nil },
                columns: (table.entry("columns")?.entries ?? []).map { ($0.key, $0.value.entry("scheme_id")?.word) })
        }
        others = Set((root.entry("misc_tables")?.entries ?? []).map(\.key))
        schemes = Dictionary(
            (root.entry("schemes")?.entries ?? []).map { ($0.key, Self.scheme($0.value)) }, uniquingKeysWith: { first, _ in first })
        schemesOfEmotions = Set(
            schemes.filter { _, scheme in
                guard let labels = scheme.labels?.keys, labels.count > 1 else { return false }
                return labels.count { Emotion(name: $0) != nil } * 2 > labels.count
            }.keys)
    }

    static func invalid(_ path: String, _ reason: String) -> CorpusError {
        .invalidFormat(file: path, format: "audformat database", reason: reason)
    }

    private static func scheme(_ node: Node) -> Scheme {
        guard let labels = node.entry("labels") else { return Scheme() }
        if let table = labels.word { return Scheme(table: table) }
        if let list = labels.sequence {
            return Scheme(labels: Dictionary(list.compactMap(\.word).map { ($0, [:]) }, uniquingKeysWith: { first, _ in first }))
        }
        let properties = labels.entries.map { label, value in
            // A scalar is a longer name of the label.
            let named = value.word.map { ["name": $0] } ?? [:]
            return (label, value.entries.reduce(into: named) { $0[$1.key] = $1.value.word })
        }
        return Scheme(labels: Dictionary(properties, uniquingKeysWith: { first, _ in first }))
    }

    /// The column of a table that has this name or, if there is none, this scheme.
    static func column(_ table: Table, _ names: [String]) -> String? {
        for name in names {
            if let column = table.columns.first(where: { $0.name.lowercased() == name }) { return column.name }
        }
        return table.columns.first { $0.scheme.map { names.contains($0.lowercased()) } ?? false }?.name
    }

    /// The column of a table with emotions: the one named so, of the scheme named so, or whose labels are mostly known emotions.
    func emotions(_ table: Table) -> (column: String, scheme: String?)? {
        let column =
            Self.column(table, ["emotion"]) ?? table.columns.first { $0.scheme.map(schemesOfEmotions.contains) ?? false }?.name
        return column.map { name in (name, table.columns.first { $0.name == name }?.scheme) }
    }
}
