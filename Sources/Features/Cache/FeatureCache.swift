import Foundation
import StimmungAudio
import StimmungSupport
import StimmungTensors
import Synchronization

/// An on-disk cache of features, shared by training and evaluation.
///
///     training.cache = FeatureCache.standard()        // training: a ModelTraining
///
/// A cached result is bit for bit what computing would give. The key is a hash of everything that the features depend on: the content of the
/// recording, the part of it, the options, and the features that this build computes of a test signal on this processor. Moving or renaming a
/// recording does not invalidate its entry; changing it does. A changed decoder, resampler or alteration is not detected.
///
/// A result is cached only if computing it took much longer than a lookup, which is measured per recording. MFCC of a 16 kHz WAV file are
/// rarely cached. Pitch, functionals, and features of recordings that are decompressed or resampled are.
///
/// Any number of processes may share a folder: files are written atomically and verified by a checksum. Above the size limit, the least
/// recently used files are removed. A folder that cannot be written disables the cache without an error.
public final class FeatureCache: Sendable {
    /// Default size limit in bytes: 2 GiB.
    public static let defaultLimit = 2 << 30

    /// Folder of the files. It is created when the first file is written.
    public let folder: String
    /// Bytes that all files together may have, about.
    package let limit: Int

    /// How often features were found, and how often they were computed.
    package struct Counts: Sendable, Equatable {
        package var found: Int
        package var computed: Int

        package init(found: Int = 0, computed: Int = 0) {
            self.found = found
            self.computed = computed
        }
    }

    private struct State {
        var counts = Counts()
        var trouble: String?
        /// Contents that are known, of files that have not been touched since.
        var contents: [PathKey: (status: FileStatus, hash: ContentHash)] = [:]
        /// What the front end computes of the test signal, by the options as text.
        var fingerprints: [String: ContentHash] = [:]
        /// Bytes written since the folder's size was last looked at; at first it never was.
        var written: Int?
    }

    private let state = Mutex(State())

    /// How many times as long as a look into the cache features must take to be kept.
    private let worthwhile: Int

    /// A cache in a folder, which need not exist.
    ///
    /// - Parameters:
    ///   - folder: path of the folder.
    ///   - limit: approximate size limit of all files together, in bytes.
    public convenience init(folder: String, limit: Int = FeatureCache.defaultLimit) {
        self.init(folder: folder, limit: limit, worthwhile: 8)
    }

    /// A cache in a folder, with a different threshold for caching a result.
    ///
    /// - Parameters:
    ///   - folder: path of the folder, which need not exist.
    ///   - limit: approximate size limit of all files together, in bytes.
    ///   - worthwhile: a result is cached only if computing it took more than this many times as long as the lookup; 0 caches every result.
    ///     The other initialiser uses 8.
    package init(folder: String, limit: Int = FeatureCache.defaultLimit, worthwhile: Int) {
        self.folder = folder
        self.limit = limit
        self.worthwhile = worthwhile
    }

    /// The user's cache: the folder in `STIMMUNG_CACHE`, otherwise `$XDG_CACHE_HOME/stimmung`, otherwise `$HOME/.cache/stimmung`.
    ///
    /// - Parameter environment: environment variables; those of this process by default.
    /// - Returns: nil if `STIMMUNG_CACHE` is `off`, or if none of the three variables is set.
    public static func standard(environment: [String: String] = ProcessInfo.processInfo.environment) -> FeatureCache? {
        if let folder = environment["STIMMUNG_CACHE"], !folder.isEmpty {
            return folder == "off" ? nil : FeatureCache(folder: folder)
        }
        // As the XDG Base Directory Specification has it, a relative path does not count.
        if let caches = environment["XDG_CACHE_HOME"], caches.hasPrefix("/") { return FeatureCache(folder: caches + "/stimmung") }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return FeatureCache(folder: home + "/.cache/stimmung")
    }

    package var counts: Counts { state.withLock { $0.counts } }

    /// Why features could not be kept, if so; the first reason, after which nothing more was tried.
    package var trouble: String? { state.withLock { $0.trouble } }

    /// The features of a recording from the cache, or else computed, and kept if that is worth it.
    ///
    /// - Parameters:
    ///   - segment: the recording, or the part of it.
    ///   - frontEnd: what computes the features.
    ///   - variant: names anything else that the features depend on, such as a change of the recording; empty for nothing.
    ///   - computing: computes them.
    /// - Throws: what `computing` and `FeatureCacheKey.fingerprint` throw.
    package func features(
        of segment: AudioSegment, by frontEnd: FrontEnd, variant: String = "", computing: () throws(FeatureError) -> Matrix
    ) throws(FeatureError) -> Matrix {
        let fingerprint = try fingerprint(of: frontEnd)
        let begin = FeatureCache.threadTime
        // A file that cannot be read is for `computing` to complain about.
        guard let (status, content) = content(of: segment.path) else { return try computing() }
        let key = ContentHash(
            [content.text, FeatureCache.text(segment.start), FeatureCache.text(segment.end), fingerprint.text, variant]
                .joined(separator: "\n"))
        let file = "\(folder)/\(key.text).features"
        if let features = FeatureCacheFile.read(file, key: key, limit: limit), features.columns == frontEnd.width {
            state.withLock { $0.counts.found += 1 }
            return features
        }
        let lookedUp = FeatureCache.threadTime
        let features = try computing()
        let (look, work) = (lookedUp - begin, FeatureCache.threadTime - lookedUp)
        state.withLock { $0.counts.computed += 1 }
        if work > look * Double(worthwhile), FileStatus(path: segment.path) == status {
            keep(features, key: key, file: file)
        }
        return features
    }

    /// Seconds that this thread has had a processor: what others do on a busy machine, and how long the disk takes for the recording, which is read either way, do
    /// not count.
    private static var threadTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }

    private static func text(_ time: Double?) -> String { time.map { String($0.bitPattern, radix: 16) } ?? "-" }

    /// The hash of a regular file's content, and when that was. Once for all the parts of a long recording.
    private func content(of path: String) -> (FileStatus, ContentHash)? {
        guard let status = FileStatus(path: path) else { return nil }
        if let known = state.withLock({ $0.contents[PathKey(path)] }), known.status == status { return (status, known.hash) }
        guard let hash = FeatureCacheFile.contentHash(path: path) else { return nil }
        state.withLock { $0.contents[PathKey(path)] = (status, hash) }
        return (status, hash)
    }

    private func fingerprint(of frontEnd: FrontEnd) throws(FeatureError) -> ContentHash {
        let name = "\(frontEnd.options)"
        if let known = state.withLock({ $0.fingerprints[name] }) { return known }
        let fingerprint = try FeatureCacheKey.fingerprint(of: frontEnd)
        state.withLock { $0.fingerprints[name] = fingerprint }
        return fingerprint
    }

    private func keep(_ features: Matrix, key: ContentHash, file: String) {
        guard trouble == nil else { return }
        do {
            if state.withLock({ $0.written == nil }) {
                try Files.makeFolder(folder, mode: 0o700)
            }
            let size = try FeatureCacheFile.write(features, key: key, to: file)
            let isLookDue = state.withLock { state in
                let isDue = state.written.map { $0 + size > limit / 8 } ?? true
                state.written = isDue ? 0 : (state.written ?? 0) + size
                return isDue
            }
            if isLookDue { FeatureCacheFolder(path: folder).shrink(to: limit) }
        } catch {
            let reason = StimmungSupport.reason(of: error)
            state.withLock { $0.trouble = $0.trouble ?? "features cannot be kept in \(folder): \(reason)" }
        }
    }
}
