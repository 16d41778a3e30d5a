import ArgumentParser
import Foundation
import Stimmung
import StimmungFigures
import StimmungReports
import StimmungSupport
import StimmungTraining

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what is in a model file, in a file of machines, or in a recipe.",
        discussion: """
            stimmung inspect emodb.safetensors        the model: classes, what it was trained on, layers, recipe
            stimmung inspect machines.safetensors     what "stimmung pretrain" made, and how learning went
            stimmung inspect machines.safetensors --pictures pictures --corpus emodb --recording 03a01Wa.wav
                                                      the lowest machine as SVG pictures: filters, learning, reconstructions, continuation
            stimmung inspect lstm > mine.yaml         a recipe, to copy and change

            Pictures of a recording need its features standardised as for training: --corpus says by what. With --corpus alone its first utterance is
            shown, with --recording alone its own mean and deviation are taken. Each picture says which it was.
            """)

    @Argument(help: ArgumentHelp("A model file, a file of machines, or a recipe's name or path.", valueName: "model|recipe"))
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
        switch try LearntFile(path: subject) {
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
