import Foundation
import Testing

/// Results recorded in `golden/`, and their comparison with the results of this build.
///
/// Checksums are compared on the platform that they were recorded on, values on all platforms. The file also records version numbers: a
/// result may change only if one of them was raised.
struct Golden: Codable, Equatable {
    /// Versions in the source, by name.
    var versions: [String: String]
    /// Checksums of exact bits, by platform and item.
    var checksums: [String: [String: String]]
    /// Selected values of each item, for platforms without checksums.
    var values: [String: [Double]]

    enum Comparison: Equatable {
        case same
        /// Values agree within the tolerance; this platform has no checksums.
        case withinTolerance
        /// The results were recorded with other versions.
        case outdated
        /// Versions were not raised, but these items changed.
        case changed([String])
    }

    /// Tolerance for values: `absolute + relative · |recorded|`.
    struct Tolerance {
        var absolute = 0.0
        var relative = 0.0
    }

    func compare(_ measured: Measurement, platform: String, tolerance: Tolerance) -> Comparison {
        guard versions == measured.versions else { return .outdated }
        let recorded = checksums[platform]
        var changes: [String] = []
        for item in Set(values.keys).union(measured.values.keys).sorted() {
            if let change = Self.change(values[item], measured.values[item], tolerance) {
                changes.append("\(item): \(change)")
            } else if let checksum = recorded?[item], checksum != measured.checksums[item] {
                changes.append("\(item): values agree within the tolerance, but exact bits changed")
            }
        }
        if !changes.isEmpty { return .changed(changes) }
        return recorded == nil && !measured.checksums.isEmpty ? .withinTolerance : .same
    }

    private static func change(_ recorded: [Double]?, _ measured: [Double]?, _ tolerance: Tolerance) -> String? {
        guard let recorded else { return "was not recorded" }
        guard let measured else { return "is no longer measured" }
        guard recorded.count == measured.count else { return "\(recorded.count) values became \(measured.count)" }
        return zip(recorded, measured).enumerated()
            .first { !(abs($1.0 - $1.1) <= tolerance.absolute + tolerance.relative * abs($1.0)) }
            .map { "value \($0) was \($1.0), is \($1.1)" }
    }

    /// Adds items that are not recorded yet, such as those of a new kind of feature; recorded items are kept.
    mutating func addNewItems(of measured: Measurement, platform: String) {
        guard versions == measured.versions else { return }
        for (item, own) in measured.values where values[item] == nil {
            values[item] = own
            checksums[platform]?[item] = measured.checksums[item]
        }
    }

    /// Replaces the recorded results by the measured ones. Checksums of other platforms are kept only if they must still hold.
    mutating func update(_ measured: Measurement, platform: String) {
        if versions != measured.versions {
            if checksums[platform] != measured.checksums { checksums = [:] }
            (versions, values) = (measured.versions, measured.values)
        }
        if !measured.checksums.isEmpty { checksums[platform] = measured.checksums }
    }
}

/// The results of this build.
struct Measurement {
    let versions: [String: String]
    var checksums: [String: String] = [:]
    var values: [String: [Double]] = [:]

    init(versions: [String: String]) { self.versions = versions }

    /// Adds an item; values keep seven digits.
    mutating func add(_ item: String, checksum: String? = nil, values: [Double]) {
        checksums[item] = checksum
        self.values[item] = values.map { Double(String(format: "%.7g", $0)) ?? $0 }
    }
}

extension Golden {
    static let testFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private static var isRecording: Bool { ProcessInfo.processInfo.environment["STIMMUNG_RECORD_GOLDEN"] == "1" }

    /// Compares with `golden/<name>.json`. If STIMMUNG_RECORD_GOLDEN is 1, records the results, unless they changed and no version was
    /// raised.
    ///
    /// - Parameter raise: the version to raise if results changed.
    static func verify(_ name: String, _ measured: Measurement, tolerance: Tolerance, raise: String) throws {
        let file = testFolder.appendingPathComponent("golden/\(name).json")
        guard let data = try? Data(contentsOf: file) else {
            guard isRecording else { throw Failure("golden/\(name).json is missing: record it with: make golden") }
            var new = Golden(versions: measured.versions, checksums: [:], values: measured.values)
            new.update(measured, platform: Platform.name)
            return try new.write(to: file)
        }
        var golden = try JSONDecoder().decode(Golden.self, from: data)
        if isRecording { golden.addNewItems(of: measured, platform: Platform.name) }
        switch golden.compare(measured, platform: Platform.name, tolerance: tolerance) {
        case .changed(let changes):
            throw Failure(
                """
                Results changed, but no version was raised.
                  \(changes.joined(separator: "\n  "))
                If this is intended, raise \(raise), then re-record with: make golden
                make golden adds an item that was not recorded. If only a file's layout changed, delete Tests/RegressionTests/golden/\(name).json instead.
                """)
        case .outdated where !isRecording:
            throw Failure(
                """
                golden/\(name).json was recorded with \(text(golden.versions)); the source has \(text(measured.versions)).
                Re-record with: make golden
                """)
        case .withinTolerance where !isRecording:
            print("golden/\(name).json: exact bits were not compared, since none are recorded for \(Platform.name)")
        case .same, .withinTolerance, .outdated:
            guard isRecording else { return }
            golden.update(measured, platform: Platform.name)
            try golden.write(to: file)
        }
    }

    private static func text(_ versions: [String: String]) -> String {
        versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    private func write(to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: file)
        print("recorded \(file.lastPathComponent) for \(Platform.name)")
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}
