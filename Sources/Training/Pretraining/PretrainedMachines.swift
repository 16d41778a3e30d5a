import Foundation
import Stimmung
import StimmungBoltzmann
import StimmungSupport
import StimmungTensors

/// Boltzmann machines that were trained without labels, to be put under networks that are trained with them.
package struct PretrainedMachines: Sendable, Equatable {
    /// The recipe that made them: its features, normalisation and pre-training.
    package let recipe: Recipe
    package let stack: BoltzmannStack
    /// The corpora that they heard.
    package let corpora: [String]
    /// What each epoch of each machine came to, from the lowest machine up.
    package let history: [[LearningReport]]

    /// Why machines cannot be used.
    package enum Misfit: StimmungError, Equatable {
        case file(SafetensorsError)
        case notMachines(file: String, reason: String)
        /// The recipe that is to stand on them wants others.
        case otherRecipe(key: String)
        case noPretraining(recipe: String)

        package var code: String {
            switch self {
            case .file: "machines.file"
            case .notMachines: "machines.not-machines"
            case .otherRecipe: "machines.other-recipe"
            case .noPretraining: "machines.no-pretraining"
            }
        }

        package var description: String {
            switch self {
            case .file(let error): error.description
            case .notMachines(let file, let reason): "\(file) is not a file of pre-trained machines: \(reason)."
            case .otherRecipe(let key): "The machines were trained with another \(key) than the recipe has: pre-train with this recipe."
            case .noPretraining(let recipe):
                "The recipe \(recipe) has no part \"pretraining\": take one that has, such as crbm-lstm, or add one."
            }
        }
    }

    /// A hash that differs where the machines or their recipe do. Names of corpora do not count.
    package var hash: ContentHash {
        let parameters = stack.machines.map { machine in machine.parameters.withUnsafeBytes { ContentHash($0).text } }
        return ContentHash((parameters + [recipe.yaml]).joined(separator: "\n"))
    }

    /// Throws `Misfit` where `recipe` wants other features, normalisation or sizes.
    package func check(_ recipe: Recipe) throws(Misfit) {
        guard let wanted = recipe.pretraining else { throw .noPretraining(recipe: recipe.name) }
        if recipe.features != self.recipe.features { throw .otherRecipe(key: "features") }
        if recipe.normalisation != self.recipe.normalisation { throw .otherRecipe(key: "normalisation") }
        if wanted.machines != self.recipe.pretraining?.machines { throw .otherRecipe(key: "pretraining.machines") }
    }
}

/// The file: safetensors with an array for each parameter of each machine (`0.W`, `0.A`, …), and in the metadata `stimmung.machines` (`1`),
/// `recipe` (YAML), `corpora` and `history` (JSON).
extension PretrainedMachines {
    /// Writes the file, beside and renamed.
    ///
    /// - Throws: `Misfit`; also for machines that could not be read back, before anything is written.
    package func write(path: String) throws(Misfit) {
        var file = Safetensors(metadata: [
            "stimmung.machines": "1", "recipe": recipe.yaml, "corpora": jsonText(corpora), "history": jsonText(history),
        ])
        for (number, machine) in stack.machines.enumerated() { file.set(machine, number: number) }
        _ = try PretrainedMachines(file, path: path)
        do { try file.write(path: path) } catch { throw .file(error) }
    }

    /// Reads such a file; every value is checked.
    package init(path: String) throws(Misfit) {
        let file: Safetensors
        do { file = try Safetensors(path: path) } catch { throw .file(error) }
        try self.init(file, path: path)
    }

    /// Takes the machines from a file that has been read.
    package init(_ file: Safetensors, path: String) throws(Misfit) {
        func wrong(_ reason: String) -> Misfit { .notMachines(file: path, reason: reason) }
        guard file.metadata["stimmung.machines"] == "1", let yaml = file.metadata["recipe"] else {
            throw wrong("its metadata do not say so")
        }
        do { recipe = try Recipe(parsing: yaml, file: path) } catch { throw wrong("\(error)") }
        guard let pretraining = recipe.pretraining else { throw wrong("its recipe has no pre-training") }
        func decode<Value: Decodable>(_ key: String) throws(Misfit) -> Value {
            do { return try JSONDecoder().decode(Value.self, from: Data((file.metadata[key] ?? "").utf8)) } catch {
                throw wrong("its \(key) cannot be read")
            }
        }
        corpora = try decode("corpora")
        history = try decode("history")
        var machines: [BoltzmannMachine] = []
        for (number, machine) in pretraining.machines.enumerated() {
            let visible = machines.last?.hidden ?? recipe.features.width
            // The largest array must be there before memory for the machine is taken.
            do throws(SafetensorsError) {
                _ = try file.tensor("\(number).W", shape: [visible, machine.hidden], file: path)
            } catch { throw .file(error) }
            var read = BoltzmannMachine(
                visible: visible, hidden: machine.hidden, units: number == 0 ? .gaussian : .binary, order: machine.order, seed: 0)
            let values: [Float]
            do { values = try file.parameters(of: read, number: number, path: path) } catch { throw .file(error) }
            guard areFinite(values) else { throw wrong("it has values that are no numbers") }
            read.parameters = values
            machines.append(read)
        }
        stack = BoltzmannStack(machines)
    }
}
