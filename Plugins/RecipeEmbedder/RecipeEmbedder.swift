// A file of its own: a plugin can only run a separate program.
import Foundation

/// `RecipeEmbedder OUTPUT FILE.yaml …` writes a Swift file with the names (without extension) and the texts of the files.
@main
enum RecipeEmbedder {
    static func main() throws {
        let paths = CommandLine.arguments.dropFirst()
        guard let output = paths.first else { throw CocoaError(.fileNoSuchFile) }
        let entries = try paths.dropFirst().map { path in
            let name = URL(filePath: path).deletingPathExtension().lastPathComponent
            // The debug description of a string is a Swift literal.
            return "    (\(name.debugDescription), \(try String(contentsOfFile: path, encoding: .utf8).debugDescription)),\n"
        }
        let text = "let recipeFiles: [(name: String, yaml: String)] = [\n\(entries.joined())]\n"
        try text.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
