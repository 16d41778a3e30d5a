import Foundation
import StimmungFigures
import StimmungNetworks

extension MachinePictures {
    /// `filters.svg`: W, its shapes in the log-mel spectrum, the units' weights over time, and the weights of A and B by lag.
    func filters() -> Picture {
        let chosen = ChosenUnits(self)
        let total = machine.hidden
        let count = chosen.numbers.count
        let scales = deviations
        var rows: [[any Figure]] = [[weightMap(chosen)]]
        var caption = ["\(count) of \(total) hidden units are shown: \(chosen.reason)."]
        if let scales, view.isSpectrum {
            rows.append([spectralMap(chosen, scales)])
            caption.append(
                "W as a change of the log-mel spectrum: the contribution of an active unit, W times the deviation of each feature"
                    + (recipe.features.kinds.contains(.fbank) ? "." : ", lifter undone and put through the inverse cosine transform.")
                    + (recording.map { " \($0.statistics)" } ?? ""))
        } else if view.isSpectrum {
            caption.append("Shapes in the log-mel spectrum need the deviations of the features: use a recording or a corpus.")
        }
        if lags != nil {
            rows.append([patches(chosen, scales)])
            caption.append(
                "B: weights from the past frames to each unit, "
                    + (scales != nil && view.isSpectrum ? "converted to spectra in the same way" : "per feature")
                    + ", divided by the unit's largest weight. Red activates the unit, blue deactivates it.")
            if isWhole {
                rows.append([autoregression()])
                caption.append(
                    "A: weights from the features of each past frame (columns) to those of the current frame (rows). Colours end at a quarter of "
                        + String(format: "the largest weight, %.2f, so that smaller ones are visible.", largestOfA))
            }
            rows.append([dynamicNorms(), lagChart()])
            caption.append(
                "Bottom: the size of B for each feature of each past frame, and the size of all weights by lag; W has lag 0.")
            if machine.order > Self.mostLags { caption.append("The nearest \(Self.mostLags) of \(machine.order) past frames are shown.") }
        }
        let title = "Filters of a \(name): \(machine.visible) features, \(total) hidden units"
        return Picture(
            name: "filters.svg",
            shows: "weights of \(count) of \(total) hidden units\(machine.order > 0 ? ", and the weights of the past" : "")",
            figure: Sheet(title: title, rows: rows, caption: caption.joined(separator: "\n")))
    }

    /// Of each feature before normalisation; nil if not known.
    private var deviations: [Float]? {
        if recipe.normalisation == .none { return [Float](repeating: 1, count: machine.visible) }
        return (recording?.normaliser ?? normaliser)?.deviation
    }

    private func weightMap(_ chosen: ChosenUnits) -> HeatMap {
        let weights = machine["W"]
        let columns = chosen.numbers.map { unit in (0..<machine.visible).map { weights[$0, unit] } }
        return HeatMap(
            title: "W: from the features of a frame to the hidden units", values: columnsOfPicture(columns), x: unitAxis(chosen),
            y: featureAxis, scale: HeatMap.Scale("weight", colours: .diverging)
        ).with {
            $0.plotWidth = 900
            $0.plotHeight = 180
        }
    }

    private func spectralMap(_ chosen: ChosenUnits, _ scales: [Float]) -> HeatMap {
        let weights = machine["W"]
        let columns = chosen.numbers.map { unit in view.shown((0..<machine.visible).map { weights[$0, unit] * scales[$0] }) }
        return HeatMap(
            title: "W as a change of the log-mel spectrum", values: columnsOfPicture(columns), x: unitAxis(chosen), y: view.axis,
            scale: HeatMap.Scale("change of ln E", colours: .diverging)
        ).with {
            $0.isUpwards = true
            $0.plotWidth = 900
            $0.plotHeight = 180
        }
    }

    /// B of each unit over the past frames shown, oldest first, with a gap between units. Many units are two rows.
    private func patches(_ chosen: ChosenUnits, _ scales: [Float]?) -> any Figure {
        let count = chosen.numbers.count
        let perRow = count > 16 ? (count + 1) / 2 : count
        return Column(
            stride(from: 0, to: count, by: perRow).map { start in
                patchRow(Array(chosen.numbers[start..<min(start + perRow, count)]), perRow, scales, isFirst: start == 0)
            })
    }

    private func patchRow(_ units: [Int], _ perRow: Int, _ scales: [Float]?, isFirst: Bool) -> HeatMap {
        let past = machine["B"]
        let inSpectra = scales != nil && view.isSpectrum
        let lags = shownLags
        let gap = [Float](
            repeating: .nan, count: inSpectra ? view.shown([Float](repeating: 0, count: machine.visible)).count : machine.visible)
        var columns: [[Float]] = []
        var ticks: [Tick] = []
        for place in 0..<perRow {
            if place > 0 { columns.append(gap) }
            guard place < units.count else {
                columns += [[Float]](repeating: gap, count: lags.count)
                continue
            }
            ticks.append(Tick(Double(columns.count) + Double(lags.count) / 2, "\(units[place] + 1)"))
            let frames = lags.map { lag -> [Float] in
                let frame = (0..<machine.visible).map { past[row(lag: lag, $0), units[place]] }
                guard let scales, inSpectra else { return frame }
                return view.shown(zip(frame, scales).map { $0 * $1 })
            }
            let largest = frames.joined().reduce(0) { max($0, abs($1)) }
            columns += frames.map { $0.map { largest > 0 ? $0 / largest : 0 } }
        }
        return HeatMap(
            title: isFirst ? "B: from the past frames to the hidden units, t−\(lags[0]) … t−1 from left to right" : "",
            values: columnsOfPicture(columns), x: .ticks("hidden unit", ticks), y: inSpectra ? view.axis : featureAxis,
            scale: HeatMap.Scale("share of largest", colours: .diverging, range: -1...1)
        ).with {
            $0.isUpwards = inSpectra
            $0.plotWidth = 900
            $0.plotHeight = 150
        }
    }

    /// The lags shown, the oldest first.
    private var shownLags: [Int] { (lags.map(Array.init) ?? []).reversed() }

    /// The row of A and B for a feature and a lag in frames; the oldest frame's rows come first.
    private func row(lag: Int, _ feature: Int) -> Int { (machine.order - lag) * machine.visible + feature }

    private var largestOfA: Float { machine["A"].elements.reduce(0) { max($0, abs($1)) } }

    /// A, one square per lag.
    private func autoregression() -> HeatMap {
        let a = machine["A"]
        var columns: [[Float]] = []
        var ticks: [Tick] = []
        for lag in shownLags {
            if !columns.isEmpty { columns.append([Float](repeating: .nan, count: machine.visible)) }
            ticks.append(Tick(Double(columns.count) + Double(machine.visible) / 2, "t−\(lag)"))
            for feature in 0..<machine.visible { columns.append((0..<machine.visible).map { a[row(lag: lag, feature), $0] }) }
        }
        return HeatMap(
            title: "A: from the features of past frames to the current frame", values: columnsOfPicture(columns),
            x: .ticks("features of the past frame", ticks), y: featureAxis,
            scale: HeatMap.Scale("weight", colours: .diverging, range: -largestOfA / 4...largestOfA / 4)
        ).with {
            $0.plotWidth = 900
            $0.plotHeight = 190
        }
    }

    private func dynamicNorms() -> HeatMap {
        let b = machine["B"]
        let lags = shownLags
        let columns = lags.map { lag in
            (0..<machine.visible).map { feature in b.row(row(lag: lag, feature)).reduce(Float(0)) { $0 + $1 * $1 }.squareRoot() }
        }
        return HeatMap(
            title: "B: length of the weights to all units", values: columnsOfPicture(columns),
            x: .names("past frame", lags.map { "t−\($0)" }), y: featureAxis, scale: HeatMap.Scale("‖B‖")
        ).with {
            $0.plotWidth = 300
            $0.plotHeight = 220
        }
    }

    private func lagChart() -> LineChart {
        func size(_ name: String, _ rows: Range<Int>) -> Double {
            let values = machine[name].rows(rows).elements
            return (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(values.count, 1))).squareRoot()
        }
        func points(_ name: String) -> [LineChart.Point] {
            shownLags.reversed().map { lag in
                LineChart.Point(Double(lag), size(name, row(lag: lag, 0)..<row(lag: lag, 0) + machine.visible))
            }
        }
        let unit = String(format: "frames of %g ms", (hop * 1000 * 1000).rounded() / 1000)
        var series = [
            LineChart.Series("W and B (to hidden units)", points: [.init(0, size("W", 0..<machine.visible))] + points("B"))
        ]
        if isWhole { series.append(LineChart.Series("A (to the frame)", points: points("A"))) }
        return LineChart(
            title: "Size of the weights by lag", x: Axis("lag", unit: unit, isCount: true), y: Axis("root mean square"), series: series
        ).with {
            $0.width = 500
            $0.height = 290
        }
    }

    private func unitAxis(_ chosen: ChosenUnits) -> CellAxis {
        .names("hidden unit", chosen.numbers.map { "\($0 + 1)" })
    }

    /// Short names: `c0` for `mfcc_0`.
    var featureAxis: CellAxis {
        .names("feature", recipe.features.columnNames.map { $0.replacingOccurrences(of: "mfcc_", with: "c") })
    }
}
