import Foundation
import StimmungFigures
import StimmungNetworks
import StimmungTensors

extension MachinePictures {
    /// `continuation.svg`: the beginning of a recording, continued by the machine, beside the real continuation.
    ///
    /// - Throws: `ReportError.option` if the recording is too short.
    func continuation(of recording: RecordedFrames) throws(ReportError) -> Picture {
        let total = recording.frames.rows
        let duration = Double(total) * hop
        let after = after ?? min(1, duration / 2)
        guard after >= hop, after <= duration else {
            throw .option(
                name: "The start of the continuation", value: String(format: "%g s", after),
                allowed: String(format: "%g to %.2f s, the length of %@", hop, duration, text(recording.file)))
        }
        let beginning = min(total, Int((after / hop).rounded()))
        let generated = max(1, Int((1 / hop).rounded()))
        // Of a long beginning, only the end is shown.
        let first = max(0, beginning - Int((2 / hop).rounded()))
        let shown = first..<beginning + generated

        var real = view.picture(recording.features.rows(first..<min(shown.upperBound, total)))
        let range = (real.elements.min() ?? 0)...(real.elements.max() ?? 1)
        real = real.widened(to: shown.count)
        let mark = HeatMap.Mark(column: Double(beginning - first), text: "continuation")
        let time = CellAxis.range("time", unit: "s", Double(first) * hop...Double(shown.upperBound) * hop)
        func map(_ title: String, _ values: Matrix, _ marks: [HeatMap.Mark]) -> HeatMap {
            HeatMap(title: title, values: values, x: time, y: view.axis, scale: HeatMap.Scale(view.valueLabel, range: range)).with {
                $0.isUpwards = view.isSpectrum
                $0.marks = marks
                $0.plotWidth = 800
                $0.plotHeight = 150
            }
        }
        func drawn(_ seed: UInt64) -> Matrix {
            let frames = machine.continuation(of: recording.frames.rows(0..<beginning), frames: generated, seed: seed)
            return view.picture(features(frames.rows(shown)))
        }
        let (one, other) = (drawn(seed), drawn(seed &+ 1))
        func level(_ picture: Matrix) -> [LineChart.Point] {
            (0..<picture.columns).map { column in
                let mean = (0..<picture.rows).reduce(0.0) { $0 + Double(picture[$1, column]) } / Double(picture.rows)
                return LineChart.Point(Double(first + column) * hop, mean)
            }
        }
        let levels = LineChart(
            title: view.isSpectrum ? "Level: mean over the bands" : "Mean over the features",
            x: Axis("time", unit: "s", range: Double(first) * hop...Double(shown.upperBound) * hop), y: Axis(view.valueLabel),
            series: [
                .init("real", points: level(real).filter { $0.y.isFinite }), .init("seed \(seed)", points: level(one)),
                .init("seed \(seed &+ 1)", points: level(other)),
            ]
        ).with {
            $0.width = 878
            $0.height = 230
        }
        let caption = [
            "From the line on, each frame is drawn from P(x | past) by 30 Gibbs steps from the previous frame, and becomes part of the past. "
                + "The pictures show the means b̃ + Wh of the last step. The machine knows no words: with order \(machine.order) it sees "
                + String(format: "%g ms. ", Double(machine.order) * hop * 1000)
                + "The colour scale is that of the real frames. Grey: after the end of the recording.",
            view.explanation, recording.statistics,
        ]
        return Picture(
            name: "continuation.svg",
            shows: String(format: "the machine's continuation of %@ after %g s, beside the real frames", text(recording.file), after),
            figure: Sheet(
                title: "\(text(recording.file)), continued by a \(name)",
                rows: [
                    [map("Real", real, [HeatMap.Mark(column: mark.column, text: "")])], [map("Seed \(seed)", one, [mark])],
                    [map("Seed \(seed &+ 1)", other, [mark])], [levels],
                ], caption: caption.joined(separator: "\n")))
    }
}

extension Matrix {
    /// Widened to the right by columns of NaN.
    fileprivate func widened(to count: Int) -> Matrix {
        var result = Matrix(rows: rows, columns: count, repeating: .nan)
        for row in 0..<rows {
            for column in 0..<min(columns, count) { result[row, column] = self[row, column] }
        }
        return result
    }
}
