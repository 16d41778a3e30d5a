import Foundation
import StimmungSupport

/// The files of a cache together: how large they are, and which go first.
struct FeatureCacheFolder {
    let path: String

    /// Age in seconds after which an unfinished file is abandoned: its process is gone.
    private static let abandoned = 3600

    /// Removes the files that have not been used for longest where all together have more than `limit` bytes, until they have three quarters of it; and what
    /// processes that died left half-written. Other files are left alone. Failures do not matter: another process may do the same.
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
