import ArgumentParser
import Foundation
import Stimmung

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what is in a model file, in a file of machines, or in a recipe.",
        discussion: """
            stimmung inspect emodb.safetensors        the model: classes, what it was trained on, layers, recipe
            stimmung inspect machines.safetensors     what "stimmung pretrain" made, and how learning went
            stimmung inspect lstm > mine.yaml         a recipe, to copy and change
            """)

    @Argument(help: ArgumentHelp("A model file, or a recipe's name or path.", valueName: "model|recipe"))
    var subject: String

    @Flag(help: "The model's facts as JSON.")
    var json = false

    mutating func run() throws {
        if let text = Recipe.shipped[subject] {
            try StandardOutput.write(text)
            return
        }
        if subject.hasSuffix(".yaml") || subject.hasSuffix(".yml") {
            try StandardOutput.write(Recipe(named: subject).yaml)
            return
        }
        if PretrainedMachines.areIn(path: subject) {
            if json { throw ValidationError("--json is for models.") }
            try StandardOutput.line(PretrainedMachines(path: subject).report)
            return
        }
        let model = try Model(path: subject)
        try StandardOutput.line(json ? model.json : model.report)
    }
}
