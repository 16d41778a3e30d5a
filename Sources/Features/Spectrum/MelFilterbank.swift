import CStimmungKernels

/// Triangular filters that overlap by half, equally wide on a mel scale.
///
/// With `B` bands between the lowest and the highest frequency there are `B + 2` corners, equally spaced in mel. Band `b` rises from 0 at
/// corner `b` to 1 at corner `b + 1` and falls to 0 at corner `b + 2`, linearly in hertz. `FeatureOptions.warp`, α, moves the corners as
/// the length of a vocal tract moves its resonances: by the factor α up to a knee K at 0.6 of the highest frequency S, and linearly from
/// there to S, which is fixed (N. Jaitly, G. Hinton, *Vocal tract length perturbation improves speech recognition*, 2013):
///
///     f' = α f                                          for f ≤ K/α,  K = 0.6 S min(α, 1)
///     f' = S − (S − K) / (S − K/α) (S − f)              above
///
/// The energy of a band is the sum of the power spectrum weighted by its triangle. Only bins inside the triangle are computed.
package struct MelFilterbank: Sendable {
    /// The number of bands, `B`.
    package let bands: Int
    /// The `B + 2` corners in hertz.
    package let corners: [Double]
    /// The first bin with a non-zero weight in each band, and the number of such bins.
    private let starts: [UInt32]
    private let counts: [UInt32]
    /// The number of bins in a power spectrum.
    private let bins: Int
    /// The weights of all bands, one band after the other.
    private let weights: [Float]

    /// `bands` filters for the spectra that valid `options` describe.
    package init(_ options: FeatureOptions, bands: Int) {
        let scale = options.melScale
        let low = scale.mel(hertz: options.lowFrequency)
        let high = scale.mel(hertz: options.highFrequency)
        let corners = (0..<bands + 2).map {
            MelFilterbank.warp(
                scale.hertz(mel: low + (high - low) * Double($0) / Double(bands + 1)), by: options.warp, highest: options.highFrequency)
        }
        let binWidth = Double(options.sampleRate) / Double(options.transformSize)
        let bins = options.transformSize / 2 + 1

        var ranges: [Range<Int>] = []
        var weights: [Float] = []
        for band in 0..<bands {
            // Only the bins around the triangle: there may be half a million bins and a thousand bands.
            let start = min(bins, Int(corners[band] / binWidth))
            let triangle = (start..<min(bins, Int(corners[band + 2] / binWidth) + 2)).map { bin -> Float in
                let hertz = Double(bin) * binWidth
                let rise = (hertz - corners[band]) / (corners[band + 1] - corners[band])
                let fall = (corners[band + 2] - hertz) / (corners[band + 2] - corners[band + 1])
                return Float(max(0, min(rise, fall)))
            }
            let first = triangle.firstIndex { $0 > 0 } ?? 0
            let end = (triangle.lastIndex { $0 > 0 } ?? -1) + 1
            ranges.append(first + start..<max(first, end) + start)
            weights += triangle[first..<max(first, end)]
        }
        self.bands = bands
        self.corners = corners
        starts = ranges.map { UInt32($0.lowerBound) }
        counts = ranges.map { UInt32($0.count) }
        self.bins = bins
        self.weights = weights
    }

    private static func warp(_ hertz: Double, by factor: Double, highest: Double) -> Double {
        guard factor != 1 else { return hertz }
        let knee = 0.6 * highest * min(factor, 1)
        guard hertz > knee / factor else { return factor * hertz }
        return highest - (highest - knee) / (highest - knee / factor) * (highest - hertz)
    }

    /// The bins with a non-zero weight in band `band`, and their weights; empty if the band lies between two bins.
    package func weights(ofBand band: Int) -> (bins: Range<Int>, weights: [Float]) {
        let first = counts[..<band].reduce(0) { $0 + Int($1) }
        let (start, count) = (Int(starts[band]), Int(counts[band]))
        return (start..<start + count, Array(weights[first..<first + count]))
    }

    /// Writes the floored log energies of all bands for a group of frames: `bands` lanes. `power` must have one lane per bin, and `floors`
    /// one lane of normal numbers.
    func logEnergies(
        _ power: UnsafeBufferPointer<Float>, floors: UnsafeBufferPointer<Float>, into energies: UnsafeMutableBufferPointer<Float>
    ) {
        let lanes = FourierTransform.lanes
        precondition(
            power.count == lanes * bins && floors.count == lanes && energies.count == lanes * bands, "buffers do not fit \(bands) bands")
        starts.withUnsafeBufferPointer { starts in
            counts.withUnsafeBufferPointer { counts in
                weights.withUnsafeBufferPointer { weights in
                    ck_band_sums(
                        bands, starts.baseAddress, counts.baseAddress, weights.baseAddress, power.baseAddress, energies.baseAddress)
                }
            }
        }
        ck_floor_lanes_and_log(bands, floors.baseAddress, energies.baseAddress)
    }
}
