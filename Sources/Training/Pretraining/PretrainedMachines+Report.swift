import Foundation

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
            lines.append("            epoch  reconstruction  prediction  free-energy gap")
            for report in history[number] {
                func text(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
                let columns = [text(report.reconstructionError), text(report.predictionError), text(report.freeEnergyGap)]
                let widths = [14, 10, 15]
                let padded = zip(columns, widths).map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }
                lines.append(String(format: "            %5d  ", report.epoch) + padded.joined(separator: "  "))
            }
        }
        return (lines + ["", recipe.yaml]).joined(separator: "\n")
    }
}
