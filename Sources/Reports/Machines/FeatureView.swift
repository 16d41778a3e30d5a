import Foundation
import StimmungFeatures
import StimmungFigures
import StimmungTensors

/// The view of features in pictures: cepstra are converted to their log-mel spectrum, other features are shown unchanged.
///
/// Of features with deltas, only the static columns are shown.
struct FeatureView: Sendable {
    /// Whether rows of the picture are bands of a log-mel spectrum.
    let isSpectrum: Bool
    /// The conversion of cepstra, or nil.
    private let inverse: InverseCosineTransform?
    /// The columns shown.
    private let columns: Range<Int>
    let axis: CellAxis

    init(_ options: FeatureOptions) {
        var column = 0
        var found: (kind: FeatureKind, columns: Range<Int>)?
        for kind in options.kinds {
            let width = FeatureOptions(kinds: [kind], deltas: 0).with(options).staticWidth
            // Measured bands have more detail than bands from cepstra.
            if kind == .fbank || (kind == .mfcc && found == nil) { found = (kind, column..<column + width) }
            column += width
        }
        isSpectrum = found != nil
        columns = found?.columns ?? 0..<options.width
        inverse =
            found?.kind == .mfcc
            ? InverseCosineTransform(outputs: options.melBands, coefficients: options.coefficients, lifter: options.lifter) : nil
        if let found {
            axis = Self.frequencyAxis(options, bands: found.kind == .mfcc ? options.melBands : options.filterbankBands)
        } else {
            axis = .names("feature", options.columnNames)
        }
    }

    var valueLabel: String { isSpectrum ? "ln E" : "value" }

    /// An explanation for captions.
    var explanation: String {
        if inverse != nil {
            return "The spectra are log-mel bands from the cepstral coefficients (lifter undone, inverse cosine transform). They are "
                + "smoother than those of the recording, because high coefficients are missing. ln E is the natural logarithm of a band's energy."
        }
        return isSpectrum
            ? "The spectra are the log-mel bands of the features; ln E is the natural logarithm of a band's energy."
            : "The features are shown unchanged, because they are neither cepstra nor log-mel bands."
    }

    /// The view of one frame of features, or of a difference of frames: the view is linear.
    func shown(_ features: some Collection<Float>) -> [Float] {
        let own = features.dropFirst(columns.lowerBound).prefix(columns.count)
        return inverse.map { $0(own) } ?? Array(own)
    }

    /// Frames of features, T × D, as rows of a picture over time: bands × T.
    func picture(_ features: Matrix) -> Matrix {
        columnsOfPicture((0..<features.rows).map { shown(features.row($0)) })
    }

    /// Ticks at round frequencies, placed between the centres of bands.
    private static func frequencyAxis(_ options: FeatureOptions, bands: Int) -> CellAxis {
        let low = options.melScale.mel(hertz: options.lowFrequency)
        let high = options.melScale.mel(hertz: options.highFrequency)
        let ticks = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16].compactMap { kilohertz -> Tick? in
            let share = (options.melScale.mel(hertz: 1000 * kilohertz) - low) / (high - low)
            // Band b peaks at corner b + 1 of B + 2; the centre of its cell is at b + ½.
            let position = share * Double(bands + 1) - 0.5
            guard position >= 0, position <= Double(bands) else { return nil }
            return Tick(position, kilohertz < 1 ? String(format: "%g", kilohertz) : String(Int(kilohertz)))
        }
        return .ticks("frequency (kHz)", ticks)
    }
}

extension FeatureOptions {
    /// These kinds and orders of deltas, everything else as in `other`.
    fileprivate func with(_ other: FeatureOptions) -> FeatureOptions {
        var result = other
        result.kinds = kinds
        result.deltas = deltas
        return result
    }
}

/// Equally long columns side by side as a matrix of as many columns.
func columnsOfPicture(_ columns: [[Float]]) -> Matrix {
    var result = Matrix(rows: columns.first?.count ?? 0, columns: columns.count)
    for (number, column) in columns.enumerated() {
        for (row, value) in column.enumerated() { result[row, number] = value }
    }
    return result
}
