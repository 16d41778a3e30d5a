import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Synchronization
import Testing

struct FeatureCacheTests {
    /// A recording, a cache that keeps everything, and a count of what had to be computed.
    private struct Fixture: ~Copyable {
        let recording: URL
        let folder: URL
        let cache: FeatureCache
        private(set) var computed = 0

        init(_ parent: URL) throws {
            recording = parent.appendingPathComponent("chirp.wav")
            folder = parent.appendingPathComponent("a/cache")
            try writeWAV(chirpInNoise(count: 12_000), to: recording)
            cache = FeatureCache(folder: folder.path, worthwhile: 0)
        }

        mutating func features(
            _ options: FeatureOptions = .utterance, start: Double? = nil, end: Double? = nil, variant: String = "",
            cache other: FeatureCache? = nil
        ) throws -> Matrix {
            var count = 0
            let segment = AudioSegment(path: recording.path, start: start, end: end)
            let frontEnd = try FrontEnd(options)
            let features = try (other ?? cache).features(of: segment, by: frontEnd, variant: variant) { () throws(FeatureError) in
                count += 1
                return try frontEnd.features(of: segment)
            }
            computed += count
            return features
        }

        var files: [URL] {
            get throws { try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) }
        }
    }

    @Test("what is found has the bits that were computed, in another cache on the folder too")
    func found() throws {
        try withTemporaryFolder { parent in
            var fixture = try Fixture(parent)
            for options in [FeatureOptions.utterance, FeatureOptions(kinds: [.fbank, .pitch])] {
                let direct = try extract(path: fixture.recording.path, options: options)
                let before = fixture.computed
                for cache in [nil, nil, FeatureCache(folder: fixture.folder.path)] {
                    let features = try fixture.features(options, cache: cache)
                    #expect(features.rows == direct.rows && features.columns == direct.columns)
                    #expect(features.elements.map(\.bitPattern) == direct.elements.map(\.bitPattern))
                }
                #expect(fixture.computed == before + 1)
            }
            #expect(fixture.cache.counts == .init(found: 2, computed: 2) && fixture.cache.trouble == nil)
        }
    }

    @Test("another content, another part, other options or another variant is another entry; another name is not")
    func missed() throws {
        try withTemporaryFolder { parent in
            var fixture = try Fixture(parent)
            _ = try fixture.features()
            var options = FeatureOptions.utterance
            options.preEmphasis = 0.96
            _ = try fixture.features(options)
            _ = try fixture.features(start: 0.1)
            _ = try fixture.features(end: 0.7)
            _ = try fixture.features(start: 0.1, end: 0.7)
            _ = try fixture.features(variant: "noise=10")
            #expect(fixture.computed == 6)

            try writeWAV(chirpInNoise(count: 12_000, seed: 9), to: fixture.recording)
            let changed = try fixture.features()
            #expect(fixture.computed == 7)
            #expect(try changed == extract(path: fixture.recording.path, options: .utterance))

            try writeWAV(chirpInNoise(count: 12_000), to: fixture.recording)
            _ = try fixture.features()
            #expect(fixture.computed == 7)
        }
    }

    @Test("a recording's failure is not kept, and is the same with the cache")
    func failures() throws {
        try withTemporaryFolder { parent in
            var fixture = try Fixture(parent)
            try writeWAV(chirpInNoise(count: 100), to: fixture.recording)
            for _ in 0..<2 {
                #expect(throws: FeatureError.tooShort(file: fixture.recording.path, samples: 100, needed: 4800)) {
                    _ = try fixture.features()
                }
            }
            try FileManager.default.removeItem(at: fixture.recording)
            #expect(throws: FeatureError.audio(.noSuchFile(file: fixture.recording.path))) { _ = try fixture.features() }
            #expect(!FileManager.default.fileExists(atPath: fixture.folder.path))
        }
    }

    @Test("a damaged file is made anew", arguments: [0, 7, 8, 40, 56, 57, 1000])
    func damaged(at place: Int) throws {
        try withTemporaryFolder { parent in
            var fixture = try Fixture(parent)
            let features = try fixture.features()
            let file = try #require(try fixture.files.first)
            let whole = try Data(contentsOf: file)
            // Cut off, with another byte, and with something behind.
            var changed = whole
            changed[place] ^= 0x10
            for damaged in [whole.prefix(place), changed, whole + Data(repeating: 0, count: place + 1)] {
                let before = fixture.computed
                try damaged.write(to: file)
                #expect(try fixture.features() == features)
                #expect(fixture.computed == before + 1)
                #expect(try Data(contentsOf: file) == whole)
            }
        }
    }

    @Test("many at once on one folder")
    func together() throws {
        try withTemporaryFolder { parent in
            let recordings = try (0..<4).map { number in
                let file = parent.appendingPathComponent("\(number).wav")
                try writeWAV(chirpInNoise(count: 6000, seed: UInt64(number)), to: file)
                return file.path
            }
            let direct = try recordings.map { try extract(path: $0, options: .utterance) }
            let folder = parent.appendingPathComponent("cache").path
            let caches = (0..<4).map { _ in FeatureCache(folder: folder, worthwhile: 0) }
            let wrong = Mutex(0)
            let frontEnd = try FrontEnd(.utterance)
            DispatchQueue.concurrentPerform(iterations: 64) { index in
                let segment = AudioSegment(path: recordings[index / 4 % 4])
                let features = try? caches[index % 4].features(of: segment, by: frontEnd) { () throws(FeatureError) in
                    try frontEnd.features(of: segment)
                }
                if features != direct[index / 4 % 4] { wrong.withLock { $0 += 1 } }
            }
            #expect(wrong.withLock { $0 } == 0)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.count == 4 && files.allSatisfy { $0.hasSuffix(".features") })
        }
    }

    @Test("a folder that cannot be written costs nothing but time, and is complained about once")
    func unwritable() throws {
        try withTemporaryFolder { parent in
            var fixture = try Fixture(parent)
            // A file stands where the folder should: even the superuser cannot write there.
            let cache = FeatureCache(folder: fixture.recording.path + "/cache", worthwhile: 0)
            let direct = try extract(path: fixture.recording.path, options: .utterance)
            for _ in 0..<2 { #expect(try fixture.features(cache: cache) == direct) }
            #expect(cache.trouble?.contains(fixture.recording.path) == true)
            #expect(cache.counts == .init(found: 0, computed: 2))
        }
    }

    @Test("what is quicker to compute than to find is not kept")
    func worthwhile() throws {
        try withTemporaryFolder { parent in
            let fixture = try Fixture(parent)
            let cache = FeatureCache(folder: fixture.folder.path)
            let frames = Matrix(rows: 1, columns: FeatureOptions().width)
            let segment = AudioSegment(path: fixture.recording.path)
            let frontEnd = try FrontEnd(FeatureOptions())
            for _ in 0..<2 {
                _ = try cache.features(of: segment, by: frontEnd) { () throws(FeatureError) in frames }
            }
            #expect(cache.counts == .init(found: 0, computed: 2))
            for _ in 0..<2 {
                _ = try cache.features(of: segment, by: frontEnd) { () throws(FeatureError) in
                    // Time of the processor counts; a look takes well under a hundredth of this.
                    let end = ContinuousClock.now + .milliseconds(300)
                    while ContinuousClock.now < end {}
                    return frames
                }
            }
            #expect(cache.counts == .init(found: 1, computed: 3))
        }
    }

    @Test("where the files have more than the limit, those go first that were not used for longest; other files stay")
    func limit() throws {
        try withTemporaryFolder { parent in
            var fixture = try Fixture(parent)
            for part in 0..<4 { _ = try fixture.features(start: Double(part) / 10) }
            let files = try fixture.files
            let size = try #require(try FileManager.default.attributesOfItem(atPath: files[0].path)[.size] as? Int)
            func setAge(_ seconds: Double, _ file: URL) throws {
                try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: file.path)
            }
            for file in files { try setAge(10_000, file) }
            // Found, and so used.
            _ = try fixture.features(start: 0.1)
            let other = fixture.folder.appendingPathComponent("notes.txt")
            let abandoned = fixture.folder.appendingPathComponent(".stimmung-1")
            let current = fixture.folder.appendingPathComponent(".stimmung-2")
            for file in [other, abandoned, current] { try Data(count: 5 * size).write(to: file) }
            for file in [other, abandoned] { try setAge(10_000, file) }

            // Another process writes a fifth, and looks at the folder.
            let small = FeatureCache(folder: fixture.folder.path, limit: 3 * size, worthwhile: 0)
            _ = try fixture.features(start: 0.4, cache: small)
            let left = try fixture.files
            #expect(left.contains(other) && left.contains(current) && !left.contains(abandoned))
            #expect(left.count { $0.pathExtension == "features" } == 2)
            let before = fixture.computed
            _ = try fixture.features(start: 0.1)
            _ = try fixture.features(start: 0.4)
            #expect(fixture.computed == before)
        }
    }

    @Test("a file of more than the cache's own limit is not read")
    func ownLimit() throws {
        try withTemporaryFolder { parent in
            var fixture = try Fixture(parent)
            _ = try fixture.features()
            let size = try #require(try FileManager.default.attributesOfItem(atPath: fixture.files[0].path)[.size] as? Int)
            for (limit, computed) in [(size, 1), (size - 1, 2)] {
                _ = try fixture.features(cache: FeatureCache(folder: fixture.folder.path, limit: limit, worthwhile: .max))
                #expect(fixture.computed == computed)
            }
        }
    }

    @Test("the key needs finite options")
    func fingerprint() throws {
        var options = FeatureOptions()
        #expect(try FeatureCacheKey.fingerprint(of: FrontEnd(options)) == FeatureCacheKey.fingerprint(of: FrontEnd(options)))
        // Not used by the kinds, and so not looked at by the front end.
        options.formantCeiling = .infinity
        #expect(throws: FeatureError.self) { try FeatureCacheKey.fingerprint(of: FrontEnd(options)) }
    }

    @Test("where the user's cache lies")
    func standard() {
        func folder(_ environment: [String: String]) -> String? { FeatureCache.standard(environment: environment)?.folder }
        #expect(folder(["HOME": "/home/a"]) == "/home/a/.cache/stimmung")
        #expect(folder(["HOME": "/home/a", "XDG_CACHE_HOME": "/c"]) == "/c/stimmung")
        #expect(folder(["HOME": "/home/a", "XDG_CACHE_HOME": "relative"]) == "/home/a/.cache/stimmung")
        #expect(folder(["HOME": "/home/a", "XDG_CACHE_HOME": "/c", "STIMMUNG_CACHE": "mine"]) == "mine")
        #expect(folder(["HOME": "/home/a", "STIMMUNG_CACHE": "off"]) == nil)
        #expect(folder([:]) == nil)
    }

    @Test("the hash is the one that is meant, in one piece or several")
    func hash() {
        #expect(ContentHash("").text == String(repeating: "0", count: 32))
        #expect(ContentHash("The quick brown fox jumps over the lazy dog").text == "e34bbc7bbc071b6c7a433ca9c49a9347")
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 37) }
        var hashes: Set<ContentHash> = []
        for count in 0...100 {
            bytes[..<count].withUnsafeBytes { bytes in
                let whole = ContentHash(bytes)
                var stream = ContentHash.Stream()
                let cut = count / 2 & ~15
                stream.take(UnsafeRawBufferPointer(rebasing: bytes[..<cut]))
                #expect(stream.finish(UnsafeRawBufferPointer(rebasing: bytes[cut...])) == whole)
                hashes.insert(whole)
            }
        }
        #expect(hashes.count == 101)
    }
}
