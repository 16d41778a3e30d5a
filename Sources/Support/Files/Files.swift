import Foundation

/// File operations for paths that need not be UTF-8, with the system's messages as errors. Foundation's file manager has neither.
package enum Files {
    /// The system refused.
    package struct Failure: StimmungError, Equatable {
        package let path: String
        /// The system's error number.
        package let number: Int32

        package init(path: String, number: Int32) {
            self.path = path
            self.number = number
        }

        package var code: String { "file.refused" }
        /// The system's reason, such as "No space left on device".
        package var reason: String { systemWords(number) }
        package var description: String { "\(path): \(systemReason(number))." }
    }

    /// Whether the path exists; a dangling link does not.
    package static func exists(_ path: String) -> Bool { mode(path) != nil }

    /// Type and permissions of a file or folder; links are followed.
    package static func mode(_ path: String) -> mode_t? {
        var status = stat()
        guard isName(path), path.withPath({ stat($0, &status) }) == 0 else { return nil }
        return status.st_mode
    }

    /// A C string would end at a zero byte and name another file.
    private static func isName(_ path: String) -> Bool { !path.isEmpty && !path.utf8.contains(0) }

    /// Opens a file. It does not wait for the writer of a named pipe, and child processes do not inherit it.
    package static func open(_ path: String, _ flags: Int32 = O_RDONLY, mode: mode_t = 0o666) throws(Failure) -> Int32 {
        guard isName(path) else { throw Failure(path: path, number: ENOENT) }
        let descriptor = path.withPath { Foundation.open($0, flags | O_CLOEXEC | O_NONBLOCK, mode) }
        guard descriptor >= 0 else { throw Failure(path: path, number: errno) }
        return descriptor
    }

    /// The content of a file, or its first bytes.
    package static func read(_ path: String, atMost limit: Int = .max) throws(Failure) -> Data {
        let descriptor = try open(path)
        defer { close(descriptor) }
        var data = Data()
        let block = 1 << 18
        while data.count < limit {
            let wanted = min(block, limit - data.count)
            var part = [UInt8](repeating: 0, count: wanted)
            guard let count = part.withUnsafeMutableBytes({ readAll(descriptor, into: $0) }) else {
                throw Failure(path: path, number: errno)
            }
            data += part[..<count]
            if count < wanted { break }
        }
        return data
    }

    /// Creates a folder and its missing parents.
    package static func makeFolder(_ path: String, mode: mode_t = 0o777) throws(Failure) {
        guard isName(path) else { throw Failure(path: path, number: ENOENT) }
        if isFolder(path) || path.withPath({ mkdir($0, mode) }) == 0 { return }
        var number = errno
        let parent = folder(of: path)
        if number == ENOENT, !parent.isEmpty, !isFolder(parent) {
            do { try makeFolder(parent, mode: mode) } catch { throw Failure(path: path, number: error.number) }
            if path.withPath({ mkdir($0, mode) }) == 0 { return }
            number = errno
        }
        // Another process may have created it meanwhile.
        if number == EEXIST, isFolder(path) { return }
        throw Failure(path: path, number: number == EEXIST ? ENOTDIR : number)
    }

    /// Removes a file, a link or an empty folder. Returns whether it succeeded.
    @discardableResult
    package static func remove(_ path: String) -> Bool { isName(path) && path.withPath { Foundation.remove($0) } == 0 }

    /// Removes a file, or a folder with its content. Links are removed, not followed.
    package static func removeTree(_ path: String) {
        var status = stat()
        guard isName(path), path.withPath({ lstat($0, &status) }) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in (try? names(in: path)) ?? [] { removeTree(joined(path, name)) }
        }
        remove(path)
    }

    /// The absolute path of the file that writing to `path` changes or creates: behind all links, also those to a file that does not exist yet.
    package static func destination(_ path: String) -> String {
        var path = absolutePath(path)
        // As many links as the system follows.
        for _ in 0..<40 {
            if let existing = realPath(path) { return existing }
            let parent = realPath(folder(of: path)) ?? folder(of: path)
            path = joined(parent, fileName(of: path))
            guard let target = linkTarget(path) else { break }
            path = target.utf8.first == UInt8(ascii: "/") ? target : joined(parent, target)
        }
        return path
    }

    private static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        // At most PATH_MAX bytes are written, so the last one stays zero.
        guard isName(path), path.withPath({ readlink($0, &buffer, Int(PATH_MAX)) }) >= 0 else { return nil }
        return PathBytes.string(from: buffer)
    }

    /// The path from the root on, with all links resolved; nil if it does not exist.
    package static func realPath(_ path: String) -> String? {
        guard isName(path), let resolved = path.withPath({ realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return PathBytes.string(from: resolved)
    }

    /// The names in a folder, sorted by their bytes.
    package static func names(in folder: String) throws(Failure) -> [String] {
        var names: [PathKey] = []
        try forEachName(in: folder) { names.append(PathKey($0)) }
        return names.sorted().map(\.path)
    }

    /// Calls `body` with each name in a folder, in any order.
    package static func forEachName(in folder: String, _ body: (String) -> Void) throws(Failure) {
        guard isName(folder), let handle = folder.withPath({ opendir($0) }) else { throw Failure(path: folder, number: errno) }
        defer { closedir(handle) }
        while let entry = readdir(handle) {
            let name = entry.nameBytes { PathBytes.string(from: $0) }
            if name != ".", name != ".." { body(name) }
        }
    }

    /// Identifies a file or folder regardless of its path.
    package struct Identity: Hashable, Sendable {
        let device: UInt64
        let number: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            number = UInt64(status.st_ino)
        }

        /// Nil if the path does not exist.
        package init?(path: String) {
            var status = stat()
            guard isName(path), path.withPath({ stat($0, &status) }) == 0 else { return nil }
            self.init(status)
        }
    }
}

/// Whether the path is a folder.
package func isFolder(_ path: String) -> Bool { Files.mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false }

extension UnsafeMutablePointer<dirent> {
    /// Calls `body` with the name of the entry, without the zero byte at its end.
    func nameBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: &pointee.d_name) { field in
            body(UnsafeRawBufferPointer(rebasing: field[..<(field.firstIndex(of: 0) ?? field.count)]))
        }
    }
}
