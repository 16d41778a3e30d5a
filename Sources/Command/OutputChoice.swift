import ArgumentParser
import Foundation
import StimmungSupport

/// The meaning of `--output` for commands that write a file or a folder of files.
enum OutputChoice: Equatable {
    /// Without `--output`, or with `-`.
    case standardOutput
    case file(String)
    case folder(String)

    /// An existing folder, a path that ends with a slash and a name without an extension are a folder; everything else is a file.
    ///
    /// - Throws: `CommandFailure` for an existing file without an extension.
    init(_ output: String?) throws {
        switch output {
        case nil, "-": self = .standardOutput
        case let output?:
            if output.hasSuffix("/") || StimmungSupport.isFolder(output) {
                self = .folder(output)
            } else if Self.fileExtension(of: output) != nil {
                self = .file(output)
            } else if FileManager.default.fileExists(atPath: output) {
                throw CommandFailure(
                    "\(output) is a file, and an output without an extension is a folder. Name another folder, or a file with an extension.")
            } else {
                self = .folder(output)
            }
        }
    }

    var isFolder: Bool { if case .folder = self { true } else { false } }

    /// The format to write: the one that was chosen, or else the one that the file's extension names.
    ///
    /// - Parameters:
    ///   - chosen: the value of `--format`.
    ///   - formats: every format with the extension of its files.
    /// - Throws: `ValidationError` if the extension names another format than the chosen one.
    func format<Format: RawRepresentable<String>>(
        _ chosen: Format?, of formats: [(format: Format, fileExtension: String)], default usual: Format
    ) throws -> Format {
        guard case .file(let path) = self, let ending = Self.fileExtension(of: path),
            let named = formats.first(where: { $0.fileExtension.lowercased() == ending })?.format
        else { return chosen ?? usual }
        if let chosen, chosen.rawValue != named.rawValue {
            throw ValidationError(
                "--format is \(chosen.rawValue), but the name of the output, \(path), is one of the format \(named.rawValue). Change one of them.")
        }
        return named
    }

    /// The extension of a file's name in small letters: up to eight letters and digits after a dot, not digits alone.
    static func fileExtension(of path: String) -> String? {
        guard let name = path.split(separator: "/").last, let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
        let ending = name[name.index(after: dot)...]
        let isPlain = (1...8).contains(ending.count) && ending.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return isPlain && !ending.allSatisfy(\.isNumber) ? ending.lowercased() : nil
    }
}
