import Foundation
import StimmungTensors

extension FeatureWriter {
    /// HTK's parameter file: number of frames, frame period in 100 ns, bytes per frame, kind; then the frames; all big-endian.
    ///
    /// MFCC or fbank, alone or with energy, are written as HTK's own kinds, with the columns in HTK's order: within each order of deltas,
    /// `c_0` follows the other coefficients, and the energy is last. Other combinations, and functionals, have HTK's kind USER and keep
    /// their order of columns.
    static func htk(_ frames: Matrix, _ options: FeatureOptions) throws(FeatureError) -> Data {
        let bytes = frames.columns * 4
        guard let sampleSize = Int16(exactly: bytes) else {
            throw .unsuitable(format: .htk, reason: "a frame has \(bytes) bytes; the format allows at most \(Int16.max)")
        }
        guard let count = Int32(exactly: frames.rows) else {
            throw .unsuitable(format: .htk, reason: "there are \(frames.rows) frames; the format allows at most \(Int32.max)")
        }
        let period = Int32((1e7 * Double(options.hopSamples) / Double(options.sampleRate)).rounded())
        let layout = HTKLayout(options)

        var data = Data()
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.bigEndian) { data.append(contentsOf: $0) }
        }
        append(count)
        append(period)
        append(sampleSize)
        append(layout.kind)
        var words: [UInt32] = []
        words.reserveCapacity(frames.elements.count)
        for frame in 0..<frames.rows {
            let first = frame * frames.columns
            words += layout.columns.lazy.map { frames.elements[first + $0].bitPattern.bigEndian }
        }
        words.withUnsafeBytes { data.append(contentsOf: $0) }
        return data
    }
}

/// The parameter kind of features in an HTK file, and their order of columns (S. Young et al., *The HTK Book*, section 5.10).
private struct HTKLayout {
    let kind: UInt16
    /// For each column of the file, the index of the column of the features.
    let columns: [Int]

    init(_ options: FeatureOptions) {
        let (mfcc, fbank, user): (UInt16, UInt16, UInt16) = (6, 7, 9)
        let (energy, delta, acceleration, zeroth): (UInt16, UInt16, UInt16, UInt16) = (0o100, 0o400, 0o1000, 0o20000)

        var kind: UInt16
        switch options.functionals == nil ? Set(options.kinds) : [] {
        case [.mfcc], [.mfcc, .energy]: kind = mfcc | zeroth
        case [.fbank], [.fbank, .energy]: kind = fbank
        default:
            self.kind = user
            columns = Array(0..<options.width)
            return
        }
        if options.kinds.contains(.energy) { kind |= energy }
        if options.deltas >= 1 { kind |= delta }
        if options.deltas >= 2 { kind |= acceleration }
        self.kind = kind

        let names = options.kinds.flatMap { $0.columnNames(options) }
        let last = ["mfcc_0", "energy"]
        let order = names.indices.filter { !last.contains(names[$0]) } + last.compactMap { names.firstIndex(of: $0) }
        columns = (0...options.deltas).flatMap { block in order.map { block * names.count + $0 } }
    }
}
