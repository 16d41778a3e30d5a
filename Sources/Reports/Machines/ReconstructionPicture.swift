import Foundation
import Stimmung
import StimmungBoltzmann
import StimmungFigures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

extension MachinePictures {
    /// `reconstructions.svg`: real frames, their mean-field reconstruction, the prediction from the past, and the differences.
    func reconstructions(of recording: RecordedFrames) -> Picture {
        let count = min(recording.frames.rows, max(1, Int((Self.mostSeconds / hop).rounded())))
        let frames = recording.frames.rows(0..<count)
        let windows = FrameWindows(utterances: [frames], order: machine.order)
        let reconstructed = machine.visibleMeans(hidden: machine.hiddenProbabilities(windows), windows)
        let real = view.picture(recording.features.rows(0..<count))
        let time = CellAxis.range("time", unit: "s", 0...Double(count) * hop)
        let range = (real.elements.min() ?? 0)...(real.elements.max() ?? 1)

        func map(_ title: String, _ values: Matrix) -> HeatMap {
            HeatMap(title: title, values: values, x: time, y: view.axis, scale: HeatMap.Scale(view.valueLabel, range: range)).with {
                $0.isUpwards = view.isSpectrum
                $0.plotWidth = 800
                $0.plotHeight = 120
            }
        }
        func difference(_ title: String, _ values: Matrix, _ largest: Float) -> HeatMap {
            HeatMap(
                title: title, values: values, x: time, y: view.axis,
                scale: HeatMap.Scale(view.isSpectrum ? "change of ln E" : "difference", colours: .diverging, range: -largest...largest)
            ).with {
                $0.isUpwards = view.isSpectrum
                $0.plotWidth = 800
                $0.plotHeight = 120
            }
        }
        func text(_ value: Double) -> String { Decimals.text(value, digits: 3) }

        let reconstruction = view.picture(features(reconstructed))
        let reconstructionError = reconstruction - real
        var caption = ["Reconstruction: the mean of P(x | h) for the hidden probabilities of the frame itself."]
        var errors = "Mean squared errors in standardised features: reconstruction \(text(meanSquaredError(reconstructed, frames)))"
        var rows: [[any Figure]] = [[map("Real frames", real)], [map("Reconstruction", reconstruction)]]
        if machine.order > 0 {
            let predicted = machine.predictions(windows)
            let prediction = view.picture(features(predicted))
            let predictionError = prediction - real
            // One scale for both differences, so that they can be compared.
            let largest = max(reconstructionError.largest, predictionError.largest)
            rows += [
                [difference("Reconstruction minus real", reconstructionError, largest)],
                [map("Prediction from the past frames alone", prediction)],
                [difference("Prediction minus real", predictionError, largest)],
            ]
            errors += ", prediction \(text(meanSquaredError(predicted, frames))), the previous frame as prediction "
            errors += text(meanSquaredError(Self.delayed(frames), frames))
            caption.append("Prediction: the machine's mean-field prediction of the frame from the \(machine.order) frames before it.")
        } else {
            rows.append([difference("Reconstruction minus real", reconstructionError, reconstructionError.largest)])
        }
        caption = [caption.joined(separator: " "), errors + ".", view.explanation, recording.statistics]
        return Picture(
            name: "reconstructions.svg",
            shows: "\(self.text(recording.file)) beside its reconstruction\(machine.order > 0 ? " and its prediction from the past" : "")",
            figure: Sheet(
                title: "\(self.text(recording.file)) through a \(name)", rows: rows, caption: caption.joined(separator: "\n")))
    }

    /// Each frame is the previous one; the first is zeros, as for a machine.
    private static func delayed(_ frames: Matrix) -> Matrix {
        var result = Matrix(rows: 1, columns: frames.columns)
        result.append(rows: frames.rows(0..<frames.rows - 1))
        return result
    }

    private func meanSquaredError(_ a: Matrix, _ b: Matrix) -> Double {
        zip(a.elements, b.elements).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) } / Double(max(a.elements.count, 1))
    }
}

extension Matrix {
    fileprivate static func - (a: Matrix, b: Matrix) -> Matrix {
        Matrix(rows: a.rows, columns: a.columns, elements: zip(a.elements, b.elements).map { $0 - $1 })
    }

    /// The largest absolute value of a finite element, above 0.
    fileprivate var largest: Float { max(elements.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }, .leastNormalMagnitude) }
}
