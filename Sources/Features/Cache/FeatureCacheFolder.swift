import Foundation

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
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            let file = "\(path)/\(name)"
            var status = stat()
            guard isOurs(name), lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            if name.hasSuffix(".features") {
                files.append((file, Int(status.st_size), Int(status.st_mtim.tv_sec)))
            } else if Int(status.st_mtim.tv_sec) < Int(Date().timeIntervalSince1970) - Self.abandoned {
                unlink(file)
            }
        }
        var total = files.reduce(0) { $0 + $1.size }
        guard total > limit else { return }
        for file in files.sorted(by: { $0.used < $1.used }) where total > limit / 4 * 3 {
            unlink(file.path)
            total -= file.size
        }
    }

    private func isOurs(_ name: String) -> Bool {
        guard name.prefix(32).allSatisfy(\.isHexDigit) else { return false }
        let rest = name.dropFirst(32)
        return rest == ".features" || rest.hasPrefix(".features.") && rest.hasSuffix(".partial")
    }
}
