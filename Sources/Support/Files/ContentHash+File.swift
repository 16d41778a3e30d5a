import Foundation

extension ContentHash {
    /// The hash of a file's content; nil if it cannot be read.
    package init?(ofFile path: String) {
        guard let descriptor = try? Files.open(path) else { return nil }
        defer { close(descriptor) }
        self.init(readingFrom: descriptor)
    }

    /// The hash of everything from a descriptor's position to the end; nil with `errno` if reading fails.
    package init?(readingFrom descriptor: Int32) {
        let hash = withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer -> ContentHash? in
            var stream = ContentHash.Stream()
            while let count = readAll(descriptor, into: buffer) {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                if count < buffer.count { return stream.finish(bytes) }
                stream.take(bytes)
            }
            return nil
        }
        guard let hash else { return nil }
        self = hash
    }
}

/// Reads until the buffer is full or the file ends, and returns the number of bytes; nil on failure.
package func readAll(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    var done = 0
    while done < buffer.count {
        // buffer[done...] is the unfilled rest.
        let count = read(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[done...]).baseAddress, buffer.count - done)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { return nil }
        if count == 0 { break }
        done += count
    }
    return done
}
