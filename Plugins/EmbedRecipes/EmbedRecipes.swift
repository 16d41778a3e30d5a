// A file of its own: a plugin is a separate target.
import Foundation
import PackagePlugin

/// Embeds the YAML files of a target's folder `Recipes` in the program, so that a new recipe needs a new file and no other edit.
@main
struct EmbedRecipes: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? SwiftSourceModuleTarget else { return [] }
        let recipes = target.sourceFiles(withSuffix: "yaml").map(\.url).sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "RecipeFiles.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(recipes.count) recipes", executable: try context.tool(named: "RecipeEmbedder").url,
                arguments: [output.path] + recipes.map(\.path), inputFiles: recipes, outputFiles: [output])
        ]
    }
}
