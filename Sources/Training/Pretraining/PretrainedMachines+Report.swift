import Foundation
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
            func text(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
            for report in history[number] {
                table.add(["\(report.epoch)", text(report.reconstructionError), text(report.predictionError), text(report.freeEnergyGap)])
            }
            lines += table.lines.map { "            " + $0 }
        }
        return (lines + ["", recipe.yaml]).joined(separator: "\n")
    }
}
