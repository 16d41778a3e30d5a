import Foundation

/// Colour maps for numbers. Equal differences look equally large, and both maps keep their order for colour-blind readers; the sequential
/// map also in greyscale print.
///
/// The colours are equally spaced on a curve in the colour space OKLab (B. Ottosson, *A perceptual color space for image processing*,
/// 2020).
package enum ColourMap: Sendable, Equatable, CaseIterable {
    /// From dark blue (low) to light yellow (high).
    case sequential
    /// Blue below zero, white at zero, red above.
    case diverging

    /// Number of colours in a map, without the one for NaN. Odd, so that a diverging map has a colour for exactly zero.
    package static let count = 255

    /// `count` colours, each as the bytes red, green and blue.
    package var colours: [[UInt8]] { self == .sequential ? Self.sequentialColours : Self.divergingColours }

    /// The colour for NaN.
    package static let missing: [UInt8] = [222, 222, 222]

    private static let sequentialColours = curve(
        [
            [0.20, 0.00, -0.09], [0.37, 0.03, -0.16], [0.52, -0.05, -0.08], [0.67, -0.10, 0.02], [0.82, -0.10, 0.12], [0.97, -0.03, 0.13],
        ], count)

    private static let divergingColours: [[UInt8]] = {
        let half = count / 2
        let blue = curve([[0.36, -0.02, -0.17], [0.68, -0.03, -0.10], [0.98, 0, 0]], half + 1)
        let red = curve([[0.98, 0, 0], [0.70, 0.11, 0.07], [0.40, 0.15, 0.08]], half + 1)
        return blue + red.dropFirst()
    }()

    /// `count` equally spaced colours on a smooth curve through points (L, a, b).
    private static func curve(_ points: [[Double]], _ count: Int) -> [[UInt8]] {
        let fine = (0...2000).map { step -> [Double] in
            let place = Double(step) / 2000 * Double(points.count - 1)
            let i = min(Int(place), points.count - 2)
            return spline(points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, points.count - 1)], place - Double(i))
        }
        var lengths = [0.0]
        for (a, b) in zip(fine, fine.dropFirst()) {
            lengths.append(lengths[lengths.count - 1] + zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot())
        }
        var next = 0
        return (0..<count).map { number in
            let wanted = lengths[lengths.count - 1] * Double(number) / Double(count - 1)
            while next < fine.count - 1, lengths[next] < wanted { next += 1 }
            return bytes(fine[next])
        }
    }

    /// A Catmull–Rom spline between b (t = 0) and c (t = 1).
    private static func spline(_ a: [Double], _ b: [Double], _ c: [Double], _ d: [Double], _ t: Double) -> [Double] {
        (0..<3).map { k in
            let linear = (c[k] - a[k]) * t
            let square = (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * t * t
            let cube = (3 * b[k] - a[k] - 3 * c[k] + d[k]) * t * t * t
            return b[k] + (linear + square + cube) / 2
        }
    }

    /// Converts OKLab to sRGB; out-of-gamut values are clipped.
    private static func bytes(_ lab: [Double]) -> [UInt8] {
        let l = pow(lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2], 3)
        let m = pow(lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2], 3)
        let s = pow(lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2], 3)
        let linear = [
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        ]
        return linear.map { value in
            let value = min(max(value, 0), 1)
            let encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
            return UInt8((255 * encoded).rounded())
        }
    }
}
