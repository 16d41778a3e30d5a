/// The µ-law of North American and Japanese telephony: 14 bits in 8. Source: ITU-T G.711 (1988), tables 2a and 2b.
///
/// A value is taken by its magnitude and 33: the place of its highest bit, 0 … 7, and the four bits after it are kept. All bits of
/// the code are inverted.
package enum MuLaw {
    /// The code of a sample of −1 … 1; what lies outside is held at the ends.
    package static func encode(_ sample: Float) -> UInt8 {
        let magnitude = 33 + Int(min(8158, abs(sample) * 8192))
        let segment = Int.bitWidth - 6 - magnitude.leadingZeroBitCount
        let code = UInt8(segment << 4 | magnitude >> (segment + 1) & 0xF)
        return ~(sample < 0 ? code | 0x80 : code)
    }

    /// The sample that each code stands for, in −1 … 1: whole numbers from −8031 to 8031, divided by 8192.
    package static let decoded: [Float] = (0...255).map { code in
        let bits = ~code & 0xFF
        let magnitude = (bits << 1 & 0x1F | 33) << (bits >> 4 & 7) - 33
        return Float(bits & 0x80 == 0 ? magnitude : -magnitude) / 8192
    }
}
