// A file of its own: a plugin can only run a separate program.
import Foundation

/// `PageEmbedder OUTPUT FOLDER/ FILE …` writes a Swift file with the names, relative to the folder, and the texts of the files.
@main
enum PageEmbedder {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3 else { throw CocoaError(.fileNoSuchFile) }
        let entries = try arguments[3...].map { path in
            let name = String(path.dropFirst(arguments[2].count))
            // The debug description of a string is a Swift literal.
            return "    (\(name.debugDescription), \(try String(contentsOfFile: path, encoding: .utf8).debugDescription)),\n"
        }
        let text = "let embeddedFiles: [(name: String, text: String)] = [\n\(entries.joined())]\n"
        try text.write(toFile: arguments[1], atomically: true, encoding: .utf8)
    }
}
