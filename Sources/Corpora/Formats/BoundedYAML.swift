import StimmungSupport
import Yams

/// YAML from untrusted sources, as nodes: aliases within aliases can expand to more values than there is memory for.
enum BoundedYAML {
    /// Largest file, in bytes.
    static let largest = 8 << 20

    /// Why a text is refused; `reason` is a clause such as "line 3: …".
    struct Failure: Error, Equatable { let reason: String }

    /// The root of a YAML text.
    static func compose(_ text: String) throws(Failure) -> Node {
        if try expandedSize(text) > 4 * largest {
            throw Failure(reason: "its aliases expand to more than \(4 * largest >> 20) MiB of text")
        }
        do {
            // The plain resolver makes no numbers or dates of scalars: a speaker may be named 08.
            guard let root = try Parser(yaml: text, resolver: .basic).singleRoot() else { throw Failure(reason: "it is empty") }
            return root
        } catch let failure as Failure { throw failure } catch {
            throw Failure(reason: Self.reason(error))
        }
    }

    /// An upper bound of the bytes that the text has with every alias expanded.
    ///
    /// Every `&name` counts as an anchor and every `*name` as an alias where a node can begin, also in quotes and comments, where they can only raise
    /// the bound. What an anchor holds ends before its first alias, so it is at most what lies between them, with the aliases there expanded.
    ///
    /// - Throws: `Failure` for anchors that are defined twice, and for aliases within aliases beyond `deepest`: the parser bounds the depth of the text,
    ///   but not that of aliases, and nodes are freed recursively.
    static func expandedSize(_ text: String) throws(Failure) -> Int {
        struct Anchor {
            /// Size of the text before its definition; nil after its first alias.
            var start: Int?
            var size = 0
            /// How many aliases may lie within each other in it.
            var depth = 0
        }
        var anchors: [Substring: Anchor] = [:]
        /// The anchors before their first alias.
        var open: Set<Substring> = []
        let bytes = text.utf8
        var (place, size, before) = (bytes.startIndex, 0, UInt8(ascii: "\n"))
        while place < bytes.endIndex {
            let mark = bytes[place]
            bytes.formIndex(after: &place)
            size += 1
            defer { before = mark }
            guard mark == UInt8(ascii: "&") || mark == UInt8(ascii: "*"), !isName(before) else { continue }
            let end = bytes[place...].firstIndex { !isName($0) } ?? bytes.endIndex
            if end == place { continue }
            let name = text[place..<end]
            if mark == UInt8(ascii: "&") {
                guard anchors[name] == nil else { throw Failure(reason: "the anchor &\(name) is defined twice") }
                guard anchors.count < mostAnchors else { throw Failure(reason: "it has more than \(mostAnchors) anchors") }
                anchors[name] = Anchor(start: size)
                open.insert(name)
            } else if var anchor = anchors[name] {
                if let start = anchor.start {
                    anchor.size = size - start
                    anchor.start = nil
                    open.remove(name)
                    anchors[name] = anchor
                }
                size = min(size + anchor.size, 1 << 60)
                for other in open {
                    let depth = anchors[other]?.depth ?? 0
                    anchors[other]?.depth = max(depth, anchor.depth + 1)
                }
                guard anchor.depth < deepest else { throw Failure(reason: "its aliases lie within more than \(deepest) others") }
            }
        }
        return size
    }

    private static let mostAnchors = 1000
    private static let deepest = 8

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping(let keys, _): "duplicate key \(keys.joined(separator: ", "))"
        default: "it is not YAML"
        }
    }
}

extension Node {
    /// The text of a scalar; nil for null, `~` and other nodes.
    var word: String? {
        guard let scalar, !(scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)) else { return nil }
        return scalar.string
    }

    /// The entries of a mapping whose keys are scalars, in their order; none for other nodes.
    var entries: [(key: String, value: Node)] {
        mapping?.compactMap { key, value in key.scalar.map { ($0.string, value) } } ?? []
    }

    /// The value of a key.
    func entry(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
}
