import Foundation

/// A plain-text table with aligned columns.
///
///     var table = TextTable([.leading, .trailing])
///     table.add(["speaker", "utterances"])
///     table.add(["03", "49"])
///     print(table.lines.joined(separator: "\n"))
package struct TextTable: Sendable {
    package enum Alignment: Sendable {
        case leading, trailing
    }

    private let columns: [Alignment]
    private let gap: String
    private var rows: [[String]] = []

    /// - Parameters:
    ///   - columns: alignment of each column.
    ///   - gap: separator between columns.
    package init(_ columns: [Alignment], gap: String = "  ") {
        self.columns = columns
        self.gap = gap
    }

    /// Adds a row with one cell per column.
    package mutating func add(_ row: [String]) {
        precondition(row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
        rows.append(row.map(\.printable))
    }

    /// One line per row, without trailing spaces.
    package var lines: [String] {
        let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = columns.indices.map { row[$0].padded(to: widths[$0], columns[$0]) }
            var line = cells.joined(separator: gap)[...]
            while line.last == " " { line.removeLast() }
            return String(line)
        }
    }
}

extension String {
    /// This text, padded with trailing spaces (or leading ones for `.trailing`) to at least `width` characters.
    package func padded(to width: Int, _ alignment: TextTable.Alignment = .leading) -> String {
        let space = String(repeating: " ", count: max(0, width - count))
        return alignment == .leading ? self + space : space + self
    }
}

/// A number of things: `1 machine`, `2 machines`.
package func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
}

/// Shares of 0 … 1 as per cent; a share that is not defined is a dash.
package enum Percent {
    /// `81.6`
    package static func number(_ share: Double?, digits: Int = 1) -> String {
        Decimals.text(share.map { 100 * $0 }, digits: digits)
    }

    /// `81.6 %`
    package static func text(_ share: Double?, digits: Int = 1) -> String {
        share == nil ? "–" : number(share, digits: digits) + " %"
    }
}

/// Numbers with a fixed number of decimals; an undefined one is a dash.
package enum Decimals {
    /// `0.816`
    package static func text(_ number: Double?, digits: Int) -> String {
        number.map { String(format: "%.\(digits)f", $0) } ?? "–"
    }
}
