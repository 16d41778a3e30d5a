import Foundation

/// The files in a folder and below it, one by one. Only the names in the current folder and its parents are held in memory.
///
///     var walk = try FolderWalk(of: "calls") { $0.hasSuffix(".wav") }
///     while let item = walk.next() {
///         switch item {
///         case .file(let relative): use(walk.path(of: relative))
///         case .problem(let problem): report(problem)
///         }
///     }
///     if let passedOver = walk.passedOver.sentence { … }
///
/// Files are sorted by the bytes of their paths. Names that begin with a dot are skipped. Each folder is visited once, even if several links lead to it:
/// first the folders that are reached without links, then links to other folders in the order in which they were found. Circular links therefore end. A
/// link to a file is a file with the name of the link. An unreadable file or folder does not affect others.
package struct FolderWalk: Sequence, IteratorProtocol {
    package enum Item: Equatable {
        /// The path of a wanted regular file, relative to the folder.
        case file(String)
        case problem(FolderListing.Problem)
    }

    package let folder: String
    /// The files passed over so far.
    package private(set) var passedOver = PassedOver()
    private let isWanted: (String) -> Bool
    private var levels: [Level] = []
    private var visited: Set<Files.Identity> = []
    /// Links to folders, relative.
    private var links: [String] = []
    private var nextLink = 0

    private struct Level {
        let folder: String
        var names: FolderNames
    }

    /// - Parameters:
    ///   - folder: its path.
    ///   - isWanted: called with the relative path of each file.
    /// - Throws: `FolderListing.Failure` if `folder` itself cannot be listed.
    package init(of folder: String, where isWanted: @escaping (String) -> Bool) throws(FolderListing.Failure) {
        self.folder = folder
        self.isWanted = isWanted
        guard let mode = Files.mode(folder) else { throw .unreadable(path: folder, number: errno) }
        guard mode & S_IFMT == S_IFDIR else { throw .notAFolder(path: folder) }
        if let number = enter("") { throw .unreadable(path: folder, number: number) }
    }

    /// The path of a file, which begins with the path of the folder as given.
    package func path(of relative: String) -> String {
        relative.isEmpty ? folder : folder.utf8.last == UInt8(ascii: "/") ? folder + relative : "\(folder)/\(relative)"
    }

    package mutating func next() -> Item? {
        while true {
            if levels.isEmpty {
                guard nextLink < links.count else { return nil }
                nextLink += 1
                if let number = enter(links[nextLink - 1]) { return problem(links[nextLink - 1], number) }
                continue
            }
            guard let (name, kind) = levels[levels.count - 1].names.next() else {
                let level = levels.removeLast()
                if level.names.number != 0 { return problem(level.folder, level.names.number) }
                continue
            }
            let parent = levels[levels.count - 1].folder
            let relative = parent.isEmpty ? name : "\(parent)/\(name)"
            if let item = visit(relative, kind) { return item }
        }
    }

    /// The item for an entry of a folder, if any.
    private mutating func visit(_ relative: String, _ kind: FolderNames.Kind) -> Item? {
        switch kind {
        case .folder:
            return enter(relative).flatMap { problem(relative, $0) }
        case .file:
            if isWanted(relative) { return .file(relative) }
            passedOver.add(relative)
        case .link, .other:
            var status = stat()
            guard path(of: relative).withPath({ stat($0, &status) }) == 0 else {
                let number = errno
                // A dangling link matters only if its name is that of a wanted file.
                if isWanted(relative) || ![ENOENT, ELOOP].contains(number) { return problem(relative, number) }
                passedOver.add(relative)
                return nil
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR where kind == .link: links.append(relative)
            case S_IFDIR: return visit(relative, .folder)
            case S_IFREG: return visit(relative, .file)
            default: passedOver.add(relative)
            }
        }
        return nil
    }

    /// Enters a folder unless it was visited before. Returns the system's error number on failure.
    private mutating func enter(_ relative: String) -> Int32? {
        guard let handle = path(of: relative).withPath({ opendir($0) }) else { return errno }
        defer { closedir(handle) }
        var status = stat()
        guard fstat(dirfd(handle), &status) == 0 else { return errno }
        guard visited.insert(Files.Identity(status)).inserted else { return nil }
        levels.append(Level(folder: relative, names: FolderNames(handle)))
        return nil
    }

    private func problem(_ relative: String, _ number: Int32) -> Item {
        .problem(FolderListing.Problem(path: path(of: relative), number: number))
    }
}

/// The names in one folder, sorted by bytes, with a slash after names of folders. Names that begin with a dot are left out.
private struct FolderNames {
    enum Kind {
        case file, folder, link, other
    }

    /// Compact, for folders with a million files.
    private struct Entry {
        let start: Int
        let count: UInt16
        let kind: Kind
    }

    private let bytes: [UInt8]
    private let entries: [Entry]
    private var position = 0
    /// The system's error number if the folder could not be read to the end, otherwise 0.
    let number: Int32

    init(_ handle: OpaquePointer) {
        var bytes: [UInt8] = []
        var entries: [Entry] = []
        errno = 0
        while let entry = readdir(handle) {
            let kind: Kind =
                switch Int32(entry.pointee.d_type) {
                case Int32(DT_REG): .file
                case Int32(DT_DIR): .folder
                case Int32(DT_LNK): .link
                default: .other
                }
            entry.nameBytes { name in
                guard name.first != UInt8(ascii: ".") else { return }
                entries.append(Entry(start: bytes.count, count: UInt16(name.count), kind: kind))
                bytes += name
                bytes.append(kind == .folder ? UInt8(ascii: "/") : 0)
            }
            errno = 0
        }
        number = errno
        bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return }
            // Each entry is within `bytes`, including the final slash or zero, which is compared too: `a/b` comes after `a.b`, and `a` before both.
            entries.sort { left, right in
                let order = memcmp(base + left.start, base + right.start, Int(min(left.count, right.count)) + 1)
                return order != 0 ? order < 0 : left.count < right.count
            }
        }
        self.bytes = bytes
        self.entries = entries
    }

    mutating func next() -> (String, Kind)? {
        guard position < entries.count else { return nil }
        let entry = entries[position]
        position += 1
        return (PathBytes.string(from: bytes[entry.start..<entry.start + Int(entry.count)]), entry.kind)
    }
}
