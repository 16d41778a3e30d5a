import Foundation
import StimmungFeatures
import StimmungNetworks
import Testing

/// The version numbers in the source, which must be raised when results change, so that results of different versions are never mixed.
///
/// They are read from the source text: one is private, and an incremental build may keep an old value of the other in this target.
enum Versions {
    static let trainer = "Trainer.revision"
    static let features = "FeatureCacheKey.version"

    static func ofFeatures() throws -> [String: String] { [features: try number(features)] }

    static func ofTraining() throws -> [String: String] { [features: try number(features), trainer: try number(trainer)] }

    /// - Parameter name: the static constant, as `Type.name`; the file has the name of the type.
    private static func number(_ name: String) throws -> String {
        let parts = name.split(separator: ".")
        let sources = Golden.testFolder.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        let file = try #require(files.first { $0.lastPathComponent == "\(parts[0]).swift" }, "\(name) has moved: adapt Versions.swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        let declaration = try Regex("static let \(parts[1]) = ([0-9]+)", as: (Substring, Substring).self)
        return String(try #require(text.firstMatch(of: declaration), "\(name) has moved: adapt Versions.swift").output.1)
    }
}
