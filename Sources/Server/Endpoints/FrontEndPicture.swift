import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import StimmungTensors

/// A recording in as many columns as a picture has: the lowest and the highest sample of each, and the log-mel spectrogram.
package struct FrontEndPicture {
    private static let bands = 40
    /// Natural logarithms from the loudest value down to the floor of the picture: 60 dB.
    private static let range: Float = 13.8
    /// Samples of which only the lowest and the highest are kept: 1 ms.
    private static let block = 16

    private var duration = 0.0
    /// In −1 … 1; one per column.
    private var minima: [Float] = []
    private var maxima: [Float] = []
    /// F × B.
    private var frames: [[Float]] = []
    /// Seconds per frame.
    private var hop = 0.0

    /// - Parameter columns: the largest number of columns, and of frames; a recording of fewer milliseconds has fewer.
    /// - Throws: `FeatureError`, `Cancelled`.
    package init(of recording: AudioSegment, columns: Int, _ cancellation: Cancellation) throws {
        let options = FeatureOptions(kinds: [.fbank], deltas: 0)
        let reader: AudioReader
        do { reader = try AudioReader(recording, sampleRate: options.sampleRate, cancellation: cancellation) } catch {
            throw FeatureError.audio(error)
        }
        var extractor = try FrontEnd(options).makeExtractor()
        // Twice as many as columns at least, so that columns differ little in width.
        var wave = Folding(most: 4 * columns) { [min($0[0], $1[0]), max($0[1], $1[1])] }
        var spectrum = Folding(most: columns) { zip($0, $1).map(max) }
        var count = 0
        func add(_ rows: Matrix) { for row in 0..<rows.rows { spectrum.add(Array(rows.row(row))) } }
        while true {
            try cancellation.check()
            let samples: [Float]
            do { samples = try reader.read(maximum: 10_000 * Self.block) } catch { throw FeatureError.audio(error) }
            if samples.isEmpty { break }
            count += samples.count
            for part in samples.groups(of: Self.block) { wave.add([part.min() ?? 0, part.max() ?? 0]) }
            var rows = Matrix(rows: 0, columns: Self.bands)
            try extractor.push(samples, into: &rows)
            add(rows)
        }
        var rows = Matrix(rows: 0, columns: Self.bands)
        extractor.finish(into: &rows)
        add(rows)
        duration = Double(count) / Double(options.sampleRate)
        frames = spectrum.all
        hop = options.hop * Double(spectrum.itemsPerPlace)
        let gathered = wave.all
        let width = min(columns, gathered.count)
        for column in 0..<width {
            let part = gathered[column * gathered.count / width..<(column + 1) * gathered.count / width]
            minima.append(part.map { $0[0] }.min() ?? 0)
            maxima.append(part.map { $0[1] }.max() ?? 0)
        }
    }

    /// The picture as JSON; the spectrogram's bytes are frame by frame, the lowest band first, 255 for the loudest value and 0 for 60 dB below.
    package var json: String {
        func numbers(_ values: [Float]) -> String {
            values.map { Decimal6.text(Double(max(-1, min(1, $0)))) ?? "0" }.joined(separator: ", ")
        }
        let loudest = frames.joined().max() ?? 0
        let bytes = frames.joined().map { UInt8(max(0, min(255, 255 * (1 - (loudest - $0) / Self.range)))) }
        return "{\"duration\": \(Decimal6.text(duration) ?? "0"), "
            + "\"waveform\": {\"min\": [\(numbers(minima))], \"max\": [\(numbers(maxima))]}, "
            + "\"spectrogram\": {\"bands\": \(Self.bands), \"frames\": \(frames.count), \"hop\": \(Decimal6.text(hop) ?? "0"), "
            + "\"lowest\": 0, \"highest\": 8000, \"data\": \"\(Data(bytes).base64EncodedString())\"}}\n"
    }
}

/// Keeps at most a given number of items, whose count is not known before: when all places are taken, neighbours are joined, and from then on
/// each place is for twice as many.
private struct Folding {
    private let most: Int
    private let join: ([Float], [Float]) -> [Float]
    private var items: [[Float]] = []
    private var current: [Float]?
    private var inCurrent = 0
    private(set) var itemsPerPlace = 1

    /// - Parameter join: must be associative.
    init(most: Int, join: @escaping ([Float], [Float]) -> [Float]) { (self.most, self.join) = (max(2, most), join) }

    var all: [[Float]] { items + (current.map { [$0] } ?? []) }

    mutating func add(_ item: [Float]) {
        let joined = current.map { join($0, item) } ?? item
        inCurrent += 1
        guard inCurrent == itemsPerPlace else {
            current = joined
            return
        }
        items.append(joined)
        (current, inCurrent) = (nil, 0)
        guard items.count >= most else { return }
        items = items.groups(of: 2).map { $0.count == 2 ? join($0[0], $0[1]) : $0[0] }
        itemsPerPlace *= 2
    }
}
