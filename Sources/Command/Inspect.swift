import ArgumentParser
import Foundation
import Stimmung
import StimmungFigures
import StimmungReports
import StimmungSupport
import StimmungTraining

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows a model, a file of Boltzmann machines, or a recipe.",
        discussion: """
            stimmung inspect emodb.safetensors        classes, training data, layers, recipe
            stimmung inspect machines.safetensors     sizes and learning of the machines
            stimmung inspect machines.safetensors --pictures pictures --corpus emodb
                                                      the lowest machine as SVG pictures
            stimmung inspect lstm > mine.yaml         a recipe, to copy and change

            Layers are counted from 1, as in a recipe's errors. Pictures of a recording
            need statistics for its features: those of --corpus, or without it the
            recording's own. Without --recording the corpus's first utterance is shown.
            """)

    @Argument(help: ArgumentHelp("Model file, file of machines, or a recipe's name or path.", valueName: "model|recipe"))
    var subject: String

    @Flag(help: "The model's facts as JSON.")
    var json = false

    @OptionGroup(title: "Pictures of Boltzmann machines") var pictures: PictureOptions

    func validate() throws {
        if json, pictures.folder != nil { throw ValidationError("--json and --pictures do not go together: call twice.") }
    }

    mutating func run() throws {
        try checkOutputs(files: [], folders: [pictures.folder], inputs: [subject, pictures.recording, pictures.corpus])
        let builtIn = Recipe.Catalogue.entry(subject)
        if builtIn != nil || subject.hasSuffix(".yaml") || subject.hasSuffix(".yml") {
            if pictures.folder != nil {
                throw ValidationError("--pictures is for machines and models; a recipe has nothing learnt to show.")
            }
            try StandardOutput.write(try builtIn?.yaml ?? Recipe(contentsOf: subject).yaml)
            return
        }
        let file: LearntFile
        do { file = try LearntFile(path: subject) } catch ModelError.notSafetensors(let file) {
            throw CommandFailure(
                "\(file) is not a Stimmung model or a recipe: models are safetensors files, recipes have the ending .yaml.")
        }
        switch file {
        case .machines(let machines):
            if json { throw ValidationError("--json is for models.") }
            if let folder = pictures.folder {
                try pictures.write(MachinePictures(machines), to: folder)
            } else {
                try StandardOutput.line(machines.report)
            }
        case .model(let model):
            if let folder = pictures.folder {
                try pictures.write(MachinePictures(model), to: folder)
            } else {
                try json ? StandardOutput.data(jsonText(model.summary)) : StandardOutput.line(model.report)
            }
        }
    }
}
