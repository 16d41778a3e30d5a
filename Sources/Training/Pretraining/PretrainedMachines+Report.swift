import StimmungSupport

extension PretrainedMachines {
    /// The machines' facts as text for people: sizes, what they heard, and how learning went by epochs.
    package var report: String {
        var lines = [
            "recipe      \(recipe.name), features \(recipe.features.width) a frame, normalisation \(recipe.normalisation.rawValue)",
            "trained on  \(corpora.joined(separator: ", ")), without labels",
        ]
        for (number, machine) in stack.machines.enumerated() {
            lines.append(
                "machine \(number + 1)   \(machine.units.rawValue) visible units: \(machine.visible), hidden: \(machine.hidden), "
                    + "past frames: \(machine.order), parameters: \(machine.parameters.count)")
            var table = TextTable([.trailing, .trailing, .trailing, .trailing])
            table.add(["epoch", "reconstruction", "prediction", "free-energy gap"])
            for report in history[number] {
                let errors: [Double?] = [report.reconstructionError, report.predictionError, report.freeEnergyGap]
                table.add(["\(report.epoch)"] + errors.map { Decimals.text($0, digits: 4) })
            }
            lines += table.lines.map { "            " + $0 }
        }

        return (lines + ["", recipe.yaml]).joined(separator: "\n")
    }
}
