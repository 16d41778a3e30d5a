import Foundation
import StimmungSupport

/// The folder of a cache: measures its size and removes the least recently used files.
struct FeatureCacheFolder {
    let path: String

    /// Age in seconds after which an unfinished file counts as abandoned: its process has ended.
    private static let abandoned = 3600

    /// Removes partial files left by dead processes. If the cache exceeds `limit` bytes, also removes the least recently used files until
    /// it is down to three quarters of the limit. Files that are not part of the cache are left alone. Failures are ignored: another
    /// process may be removing the same files.
    func shrink(to limit: Int) {
        var files: [(path: String, size: Int, used: Int)] = []
        for name in (try? Files.names(in: path)) ?? [] {
            let file = "\(path)/\(name)"
            var status = stat()
            guard isOurs(name), file.withPath({ lstat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            if name.hasSuffix(".features") {
                files.append((file, Int(status.st_size), Int(status.st_mtim.tv_sec)))
            } else if Int(status.st_mtim.tv_sec) < Int(Date().timeIntervalSince1970) - Self.abandoned {
                Files.remove(file)
            }
        }
        var total = files.reduce(0) { $0 + $1.size }
        guard total > limit else { return }
        for file in files.sorted(by: { $0.used < $1.used }) where total > limit / 4 * 3 {
            Files.remove(file.path)
            total -= file.size
        }
    }

    private func isOurs(_ name: String) -> Bool {
        name.hasPrefix(AtomicFile.temporaryPrefix) || name.prefix(32).allSatisfy(\.isHexDigit) && name.dropFirst(32) == ".features"
    }
}
