import CStimmungSndfile
import Foundation

/// Ranges of a file, which libsndfile reads as one file.
final class VirtualFile {
    let size: Int
    private let file: InputFile
    private let ranges: [Range<Int>]
    private var position = 0

    /// - Parameter ranges: byte ranges within the file.
    init(_ file: InputFile, _ ranges: [Range<Int>]) {
        self.file = file
        self.ranges = ranges
        size = ranges.reduce(0) { $0 + $1.count }
    }

    var isAtEnd: Bool { position >= size }

    /// Opens it with libsndfile; nil on failure. The handle must be closed before the last reference to this object is released.
    func openSndfile(_ info: inout SF_INFO) -> OpaquePointer? {
        // libsndfile copies the table.
        var calls = SF_VIRTUAL_IO(
            get_filelen: { VirtualFile.of($0).map { sf_count_t($0.size) } ?? 0 },
            seek: { offset, whence, me in VirtualFile.of(me)?.seek(Int(offset), whence) ?? -1 },
            read: { buffer, count, me in sf_count_t(VirtualFile.of(me)?.read(buffer, Int(count)) ?? 0) },
            write: { _, _, _ in 0 },
            tell: { VirtualFile.of($0).map { sf_count_t($0.position) } ?? 0 })
        return sf_open_virtual(&calls, Int32(SFM_READ), &info, Unmanaged.passUnretained(self).toOpaque())
    }

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> VirtualFile? {
        pointer.map { Unmanaged<VirtualFile>.fromOpaque($0).takeUnretainedValue() }
    }

    private func seek(_ offset: Int, _ whence: Int32) -> sf_count_t {
        let start = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? position : size
        let (target, overflow) = start.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return -1 }
        position = target
        return sf_count_t(target)
    }

    private func read(_ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        guard let buffer, count > 0 else { return 0 }
        var filled = 0
        var rangeStart = 0
        for range in ranges where filled < count {
            let inside = position - rangeStart
            rangeStart += range.count
            guard inside >= 0, inside < range.count else { continue }
            let wanted = min(count - filled, range.count - inside)
            let got = file.read(into: UnsafeMutableRawBufferPointer(start: buffer + filled, count: wanted), at: range.lowerBound + inside)
            filled += got
            position += got
            if got < wanted { break }
        }
        return filled
    }
}
