import Foundation
import StimmungFeatures
import StimmungNetworks
import Testing

/// The numbers in the source that must be raised where results change, so that results of different versions are never mixed.
///
/// They are read from the source: one is private, and an incremental build may keep the other's old value in this target.
enum Versions {
    static let trainer = "Trainer.revision"
    static let features = "FeatureCacheKey.version"

    static func ofFeatures() throws -> [String: String] { [features: try number(features)] }

    static func ofTraining() throws -> [String: String] { [features: try number(features), trainer: try number(trainer)] }

    /// - Parameter name: of a static constant, as `Type.name`; the type is in a file of its name.
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
