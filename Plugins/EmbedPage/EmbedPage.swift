// A file of its own: a plugin is a separate target.
import Foundation
import PackagePlugin

/// Embeds the files of a target's folder `Page` in the program: the server has no files to find at run time.
@main
struct EmbedPage: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? SwiftSourceModuleTarget else { return [] }
        let folder = target.directoryURL.appending(path: "Page").path + "/"
        let files = target.sourceFiles.map(\.url).filter { $0.path.hasPrefix(folder) }.sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) files of the page", executable: try context.tool(named: "PageEmbedder").url,
                arguments: [output.path, folder] + files.map(\.path), inputFiles: files, outputFiles: [output])
        ]
    }
}
