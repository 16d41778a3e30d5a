import Foundation
import StimmungSupport
import StimmungTensors

extension FeatureWriter {
    static func csv(_ frames: Matrix, _ options: FeatureOptions) -> Data {
        var text = CSVLine.text(["time"] + options.columnNames)
        appendLines(frames, options, to: &text)
        return Data(text.utf8)
    }

    static func arff(_ frames: Matrix, _ options: FeatureOptions) -> Data {
        var text = "@relation features\n\n"
        for name in ["time"] + options.columnNames {
            text += "@attribute \(name) numeric\n"
        }
        text += "\n@data\n"
        appendLines(frames, options, to: &text)
        return Data(text.utf8)
    }

    /// One line per frame: its start in seconds, then its values in the shortest form that reads back exactly.
    private static func appendLines(_ frames: Matrix, _ options: FeatureOptions, to text: inout String) {
        for frame in 0..<frames.rows {
            text += options.startTime(ofFrame: frame).description
            for value in frames.row(frame) {
                text += ","
                text += value.description
            }
            text += "\n"
        }
    }
}
