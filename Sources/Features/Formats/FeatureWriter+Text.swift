import Foundation
import StimmungSupport
import StimmungTensors

extension FeatureWriter {
    static func csv(_ rows: Matrix, _ columns: [String], start: (Int) -> Double) -> Data {
        var text = CSVLine.text(["time"] + columns)
        appendLines(rows, start, to: &text)
        return Data(text.utf8)
    }

    static func arff(_ rows: Matrix, _ columns: [String], start: (Int) -> Double) -> Data {
        var text = "@relation features\n\n"
        for name in ["time"] + columns {
            text += "@attribute \(name) numeric\n"
        }
        text += "\n@data\n"
        appendLines(rows, start, to: &text)
        return Data(text.utf8)
    }

    /// One line per row: its start in seconds, then its values in the shortest form that reads back exactly.
    private static func appendLines(_ rows: Matrix, _ start: (Int) -> Double, to text: inout String) {
        for row in 0..<rows.rows {
            text += start(row).description
            for value in rows.row(row) {
                text += ","
                text += value.description
            }
            text += "\n"
        }
    }
}
