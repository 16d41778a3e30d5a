import StimmungSupport

/// Finds files by the ends of their paths: `downloads/emodb/wav/03a01Fa.wav` in a list is `data/wav/03a01Fa.wav` on this machine.
///
/// The name must agree, ignoring the Unicode form. Of several files with that name, the one with the most equal folders before it is meant.
struct PathEndings {
    enum Match: Equatable {
        case none
        case one(String)
        /// Files between which the folders do not decide.
        case several([String])
    }

    private var files: [PathKey: [String]] = [:]

    /// - Parameter paths: the files that can be found. Repeated paths count once.
    init(_ paths: some Sequence<String>) {
        var seen = Set<PathKey>()
        for path in paths where seen.insert(PathKey(path)).inserted { files[Self.key(fileName(of: path)), default: []].append(path) }
    }

    func match(_ path: String) -> Match {
        let wanted = Self.parts(path)
        guard let name = wanted.last, let candidates = files[Self.key(name)] else { return .none }
        let lengths = candidates.map { zip(Self.parts($0).reversed(), wanted.reversed()).prefix { Self.key($0) == Self.key($1) }.count }
        let longest = lengths.max()
        let best = zip(candidates, lengths).filter { $1 == longest }.map(\.0)
        return best.count == 1 ? .one(best[0]) : .several(best)
    }

    /// Folders and name, with the backslashes of Windows as separators.
    private static func parts(_ path: String) -> [String] {
        path.utf8.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.compactMap { String($0) }.filter { $0 != "." }
    }

    private static func key(_ name: String) -> PathKey {
        PathKey(name.utf8.allSatisfy { $0 < 0x80 } ? name : name.precomposedStringWithCanonicalMapping)
    }
}
