import Foundation

/// The files of a cache together: how large they are, and which go first.
struct FeatureCacheFolder {
    let path: String

    /// Age in seconds after which an unfinished file is abandoned: its process is gone.
    private static let abandoned = 3600

    /// Removes the files that have not been used for longest where all together have more than `limit` bytes, until they have three quarters of it; and what
    /// processes that died left half-written. Other files are left alone. Failures do not matter: another process may do the same.
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
