// A file of its own: one output format.

import Foundation
import StimmungTensors

extension FeatureWriter {
    /// NumPy's format: magic, version 1.0, length of the header (little-endian), the header padded so that the data start at a multiple of
    /// 64 bytes, the data (little-endian).
    static func npy(_ frames: Matrix) -> Data {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(frames.rows), \(frames.columns)), }"
        let before = 10
        let padding = 63 - (before + header.utf8.count) % 64
        header += String(repeating: " ", count: padding) + "\n"

        var data = Data([0x93] + "NUMPY".utf8 + [1, 0])
        let length = header.utf8.count
        data.append(contentsOf: [UInt8(length & 0xFF), UInt8(length >> 8)])
        data.append(contentsOf: header.utf8)
        frames.elements.map(\.bitPattern.littleEndian).withUnsafeBytes { data.append(contentsOf: $0) }
        return data
    }
}
