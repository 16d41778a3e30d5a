import Foundation
import StimmungSupport

/// The folder of installed encoders.
///
///     let store = EncoderStore.standard()
///     store?.names                                // ["whisper-tiny"]
///     store?.path(of: "whisper-tiny")
package struct EncoderStore: Sendable, Equatable {
    /// The encoder that is installed by default.
    package static let defaultName = "whisper-tiny"

    /// The folder need not exist.
    package let folder: String

    package init(folder: String) { self.folder = folder }

    /// The folder `encoders` in the user's data folder; nil if neither `XDG_DATA_HOME` nor `HOME` is set.
    package static func standard(environment: [String: String]? = nil) -> EncoderStore? {
        UserData.folder(environment: environment).map { EncoderStore(folder: joined($0, "encoders")) }
    }

    /// The store that front ends take encoders from. Tests set another one.
    @TaskLocal package static var current: EncoderStore? = standard()

    /// The encoder file of a name, whether or not it is installed.
    package func path(of name: String) -> String { joined(folder, name + Self.ending) }

    /// The licence beside an encoder file.
    package func licencePath(of name: String) -> String { joined(folder, name + ".licence.txt") }

    package func isInstalled(_ name: String) -> Bool { Self.isName(name) && FileStatus(path: path(of: name)) != nil }

    /// The names of the installed encoders, in ascending order; empty if there is no such folder.
    package var names: [String] {
        ((try? Files.names(in: folder)) ?? []).compactMap { file in
            let name = String(file.dropLast(Self.ending.count))
            return file.hasSuffix(Self.ending) && isInstalled(name) ? name : nil
        }
    }

    /// Whether a text can name an encoder: 1 to 64 ASCII letters, digits, dots, hyphens and underscores, the first a letter or digit. Such a name
    /// is a file name, so it cannot lead out of the folder.
    package static func isName(_ text: String) -> Bool {
        let letter = { (byte: UInt8) in (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) }
        return (1...64).contains(text.utf8.count) && letter(text.utf8.first!)
            && text.utf8.allSatisfy { letter($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    private static let ending = ".safetensors"
}
