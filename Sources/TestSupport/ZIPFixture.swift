import CStimmungZlib

/// Makes ZIP archives of stored or deflated entries, some of them invalid.
package struct ZIPFixture {
    package struct Entry {
        package var name: String
        package var content: [UInt8]
        package var claimedSize: Int?
        package var method = 0
        package var flags = 0
        package var checksum: UInt32?
        /// Unix mode of the file; a symbolic link is 0o120777.
        package var mode = 0o100644

        package init(name: String, content: [UInt8]) {
            self.name = name
            self.content = content
        }
    }

    package var entries: [Entry]
    /// How often the directory lists each entry.
    package var copies = 1

    package init(_ entries: [Entry]) { self.entries = entries }

    /// An archive of one entry.
    package init(name: String = "a/b.txt", _ change: (inout Entry) -> Void = { _ in }) {
        var entry = Entry(name: name, content: Array("content".utf8))
        change(&entry)
        entries = [entry]
    }

    package var bytes: [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        var (files, directory): ([UInt8], [UInt8]) = ([], [])
        for entry in entries {
            let crc = Int(entry.checksum ?? UInt32(entry.content.withUnsafeBufferPointer { crc32(0, $0.baseAddress, uInt($0.count)) }))
            let size = entry.claimedSize ?? entry.content.count
            let packed = entry.method == 0 ? size : entry.content.count
            let common =
                little(entry.flags, 2) + little(entry.method, 2) + little(0, 4) + little(crc, 4) + little(packed, 4) + little(size, 4)
            let name = Array(entry.name.utf8)
            for _ in 0..<copies {
                directory += little(0x0201_4b50, 4) + little(3 << 8 | 20, 2) + little(20, 2) + common + little(name.count, 2)
                directory += little(0, 8) + little(0, 2) + little(entry.mode, 2) + little(files.count, 4) + name
            }
            files += little(0x0403_4b50, 4) + little(20, 2) + common + little(name.count, 2) + little(0, 2) + name + entry.content
        }
        return files + directory + little(0x0605_4b50, 4) + little(0, 4) + little(entries.count * copies, 2)
            + little(entries.count * copies, 2) + little(directory.count, 4) + little(files.count, 4) + little(0, 2)
    }
}
