import Foundation

extension ConfusionMatrix {
    /// The matrix as lines of text: a row for each true class, a column for each predicted one, and the recall at the end.
    ///
    ///     true \ predicted  anger  neutral  recall
    ///     anger                 8        2  80.0 %
    ///     neutral               0        0       –
    package var table: String {
        let recalls = recall.map { $0.map { String(format: "%.1f %%", 100 * $0) } ?? "–" }
        let header = ["true \\ predicted"] + classes + ["recall"]
        let rows = classes.indices.map { index in [classes[index]] + counts[index].map(String.init) + [recalls[index]] }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        return ([header] + rows).map { row in
            row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + space : space + text
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
