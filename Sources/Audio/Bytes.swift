extension [UInt8] {
    /// The four-letter name at `offset`; empty where so much is not there or it is no ASCII.
    func text(at offset: Int) -> String {
        guard offset >= 0, offset + 4 <= count else { return "" }
        let part = self[offset..<offset + 4]
        return part.allSatisfy { $0 >= 0x20 && $0 < 0x7f } ? String(decoding: part, as: UTF8.self) : ""
    }

    /// The unsigned number of up to 7 bytes, or of 8 held to what fits, at `offset`; 0 where so much is not there.
    func integer(at offset: Int, bytes width: Int, bigEndian: Bool = false) -> Int {
        guard offset >= 0, offset + width <= count else { return 0 }
        var value: UInt64 = 0
        for index in 0..<width {
            value = value << 8 | UInt64(self[offset + (bigEndian ? index : width - 1 - index)])
        }
        return Int(clamping: value)
    }
}
