import ArgumentParser
import Foundation
import Stimmung
import StimmungFigures
import StimmungReports
import StimmungSupport
import StimmungTraining

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show a model, a file of Boltzmann machines, or a recipe.",
        discussion: """
            stimmung inspect emodb.safetensors
                classes, training data, layers and recipe
            stimmung inspect built-in
                the same of the built-in model
            stimmung inspect machines.safetensors
                sizes and learning curves of the machines
            stimmung inspect machines.safetensors --pictures pictures --corpus emodb
                the lowest machine as SVG pictures
            stimmung inspect lstm > mine.yaml
                a recipe to copy and change

            Layers are counted from 1, as in recipe errors. Pictures of a recording need statistics to normalise its features. They come \
            from --corpus, or else from the recording itself. Without --recording, the first utterance of the corpus is shown.
            """)

    @Argument(
        help: ArgumentHelp("Model file, built-in, file of machines, or a recipe's name or path.", valueName: "model|recipe"),
        completion: .file(extensions: ["safetensors", "yaml"]))
    var subject: String

    @Flag(help: "Print the model's facts as JSON.")
    var json = false

    @OptionGroup(title: "Pictures of Boltzmann machines") var pictures: PictureOptions

    func validate() throws {
        if json, pictures.folder != nil { throw ValidationError("--json cannot be combined with --pictures. Run the command twice.") }
    }

    mutating func run() throws {
        try checkOutputs(files: [], folders: [pictures.folder], inputs: [subject, pictures.recording, pictures.corpus])
        let builtIn = Recipe.Catalogue.entry(subject)
        if builtIn != nil || subject.hasSuffix(".yaml") || subject.hasSuffix(".yml") {
            if pictures.folder != nil {
                throw ValidationError("--pictures needs a model or machines, but \(subject) is a recipe. Train it first.")
            }
            try StandardOutput.write(try builtIn?.yaml ?? Recipe(contentsOf: subject).yaml)
            return
        }
        let file: LearntFile
        do {
            file = try NamedModel(subject).builtIn.map { .model(try Model.builtIn($0)) } ?? LearntFile(path: subject)
        } catch ModelError.notSafetensors(let file) {
            throw CommandFailure(
                "\(file) is not a Stimmung model or a recipe. Give a safetensors file, or a recipe that ends in .yaml.")
        }
        switch file {
        case .machines(let machines):
            if json { throw ValidationError("--json needs a model, but \(subject) holds Boltzmann machines.") }
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
