import ArgumentParser
import Foundation
import StimmungSupport

/// The meaning of `--output` for commands that write a file or a folder of files.
enum OutputChoice: Equatable {
    /// Without `--output`, or with `-` or `/dev/stdout`.
    case standardOutput
    case file(String)
    case folder(String)

    /// An existing folder, a path that ends with a slash and a name without an extension are a folder; everything else is a file.
    ///
    /// - Throws: `CommandFailure` for an existing file without an extension.
    init(_ output: String?) throws {
        switch output {
        case nil, "-", "/dev/stdout": self = .standardOutput
        case let output?:
            if output.utf8.last == UInt8(ascii: "/") || StimmungSupport.isFolder(output) {
                self = .folder(output)
            } else if let mode = Files.mode(output), mode & S_IFMT != S_IFREG {
                throw CommandFailure("\(output) is not a regular file. Give - to write to standard output.")
            } else if Self.fileExtension(of: output) != nil {
                self = .file(output)
            } else if Files.exists(output) {
                throw CommandFailure(
                    "\(output) is a file, but an output without an extension must be a folder. Give another folder, or a file with an extension."
                )
            } else {
                self = .folder(output)
            }
        }
    }

    /// What an interruption leaves, and how to resume.
    var stateAfterInterruption: String {
        switch self {
        case .standardOutput: "nothing is kept except the printed results; run the same command again"
        case .file(let path): "nothing is kept, and \(path) was not written; run the same command again"
        case .folder(let path): "finished recordings are in \(path); run the same command with --resume to resume"
        }
    }

    var isFolder: Bool { if case .folder = self { true } else { false } }

    /// The format to write: the chosen one, or else the one of the file's extension.
    ///
    /// - Parameters:
    ///   - chosen: the value of `--format`.
    ///   - formats: every format with the extension of its files.
    /// - Throws: `ValidationError` if the extension is for another format than the chosen one.
    func format<Format: RawRepresentable<String>>(
        _ chosen: Format?, of formats: [(format: Format, fileExtension: String)], default usual: Format
    ) throws -> Format {
        guard case .file(let path) = self, let ending = Self.fileExtension(of: path),
            let named = formats.first(where: { $0.fileExtension.lowercased() == ending })?.format
        else { return chosen ?? usual }
        if let chosen, chosen.rawValue != named.rawValue {
            throw ValidationError(
                "--format is \(chosen.rawValue), but the extension of \(path) is for \(named.rawValue). Change one of them."
            )
        }
        return named
    }

    /// Refuses an output that is an input or cannot be written.
    ///
    /// - Parameter picture: another file to write.
    func check(inputs: [String?], picture: String? = nil) throws {
        switch self {
        case .standardOutput: try checkOutputs(files: [picture], inputs: inputs)
        case .file(let path):
            try checkOutputs(files: [path, picture], inputs: inputs)
            try refuseRecordings(asOutputs: [path])
        case .folder(let path): try checkOutputs(files: [picture], folders: [path], inputs: inputs)
        }
    }

    /// The extension of a file's name in lower case: up to sixteen letters and digits after a dot, not digits alone.
    static func fileExtension(of path: String) -> String? {
        let ending = StimmungSupport.fileExtension(of: path)
        let isPlain = (1...16).contains(ending.utf8.count) && ending.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return isPlain && !ending.allSatisfy(\.isNumber) ? ending : nil
    }
}
