import Foundation

/// All files in a folder and below it, as a list; see `FolderWalk` for the rules.
package struct FolderListing: Sendable, Equatable {
    /// Why a folder cannot be listed.
    package enum Failure: StimmungError, Equatable {
        case notAFolder(path: String)
        /// `number` is the system's error number.
        case unreadable(path: String, number: Int32)

        package var code: String {
            switch self {
            case .notAFolder: "folder.not-a-folder"
            case .unreadable: "folder.unreadable"
            }
        }

        package var description: String {
            switch self {
            case .notAFolder(let path): "\(path) is not a folder."
            case .unreadable(let path, let number): "\(path) cannot be read: \(systemReason(number))."
            }
        }
    }

    /// A file or folder below that cannot be read. Others are not affected.
    package struct Problem: StimmungError, Equatable {
        package let path: String
        /// The system's error number.
        package let number: Int32

        package init(path: String, number: Int32) {
            self.path = path
            self.number = number
        }

        package var code: String { "folder.problem" }
        package var description: String { "\(path) cannot be read: \(systemReason(number))." }
    }

    /// Paths relative to the folder, sorted by their bytes.
    package var files: [String] = []
    package var problems: [Problem] = []
    package var passedOver = PassedOver()

    /// Lists the regular files below `folder` that `isWanted` accepts.
    ///
    /// - Parameters:
    ///   - folder: its path.
    ///   - isWanted: called with the relative path of each file.
    /// - Throws: `Failure` if `folder` itself cannot be listed.
    package init(below folder: String, where isWanted: @escaping (String) -> Bool) throws(Failure) {
        var walk = try FolderWalk(of: folder, where: isWanted)
        while let item = walk.next() {
            switch item {
            case .file(let path): files.append(path)
            case .problem(let problem): problems.append(problem)
            }
        }
        files = files.map { PathKey($0) }.sorted().map(\.path)
        passedOver = walk.passedOver
    }
}

/// The files of a folder that were passed over, counted by extension.
package struct PassedOver: Sendable, Equatable {
    /// By the extension in lower case; empty for names without one.
    package private(set) var counts: [String: Int] = [:]

    package init() {}

    /// Number of extensions that are counted separately and named.
    private static let (apart, named) = (1000, 5)

    package mutating func add(_ path: String) {
        let ending = fileExtension(of: path)
        counts[counts[ending] != nil || counts.count < Self.apart ? ending : "…", default: 0] += 1
    }

    package mutating func add(_ other: PassedOver) { counts.merge(other.counts, uniquingKeysWith: +) }

    /// `12 other files were passed over: 9 .txt, 3 .lab`; nil if there are none.
    package var sentence: String? {
        let total = counts.values.reduce(0, +)
        guard total > 0 else { return nil }
        let kinds = counts.sorted { ($1.value, PathKey($0.key)) < ($0.value, PathKey($1.key)) }
        var parts = kinds.prefix(Self.named).map { ending, count in
            ending.isEmpty ? "\(count) without an extension" : "\(count) .\(ending.printable)"
        }
        let rest = kinds.dropFirst(Self.named).reduce(0) { $0 + $1.value }
        if rest > 0 { parts.append("\(rest) more") }
        return "\(total) other \(total == 1 ? "file was" : "files were") passed over: \(parts.joined(separator: ", "))"
    }
}
