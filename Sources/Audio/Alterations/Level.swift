import Foundation

/// The level of the speech in a recording, without its pauses: the root mean square over the time in which someone speaks.
///
/// Source: ITU-T P.56 (2011), method B. The signal is active where its envelope is above a threshold, or was within the last 0.2 s. The
/// threshold is 15.9 dB below the resulting level. Thresholds are 6 dB apart, relative to the peak of the recording and not to full scale, so
/// that gain changes the level by the same amount. The band filter of P.56 is omitted.
///
/// 0 for silence. A recording too short for the envelope to rise (some tens of milliseconds) counts as active throughout.
package func activeLevel(of samples: [Float], sampleRate: Int) -> Double {
    let peak = Double(samples.reduce(0) { max($0, abs($1)) })
    guard peak > 0 else { return 0 }
    let energy = samples.reduce(0) { $0 + Double($1) * Double($1) }
    // In ascending order.
    let thresholds = (1...16).map { peak * pow(2, Double($0 - 17)) }
    let times = activeSamples(samples, thresholds, sampleRate: sampleRate)

    var level = (energy / Double(samples.count)).squareRoot()
    var above: Double?
    for (threshold, time) in zip(thresholds, times) where time > 0 {
        let active = (energy / Double(time)).squareRoot()
        // The level above threshold plus margin, in decibels: it falls from threshold to threshold.
        let excess = 20 * log10(active / threshold) - 15.9
        if excess <= 0 {
            guard let above else { return active }
            // Interpolated between the last two thresholds, in decibels.
            let part = above / (above - excess)
            return level * pow(active / level, part)
        }
        level = active
        above = excess
    }
    return level
}

/// The number of active samples for each threshold, lowest first.
private func activeSamples(_ samples: [Float], _ thresholds: [Double], sampleRate: Int) -> [Int] {
    let smoothing = exp(-1 / (0.03 * Double(sampleRate)))
    let hangover = Int((0.2 * Double(sampleRate)).rounded(.up))
    var times = [Int](repeating: 0, count: thresholds.count)
    var since = [Int](repeating: hangover, count: thresholds.count)
    var (once, twice) = (0.0, 0.0)
    for sample in samples {
        once = smoothing * once + (1 - smoothing) * Double(abs(sample))
        twice = smoothing * twice + (1 - smoothing) * once
        for index in thresholds.indices {
            if twice >= thresholds[index] {
                since[index] = 0
            } else if since[index] < hangover {
                since[index] += 1
            } else {
                // Higher thresholds were not crossed later.
                break
            }
            times[index] += 1
        }
    }
    return times
}

/// Louder or softer.
struct Gain {
    let decibels: Double

    func apply(to samples: [Float]) -> [Float] {
        let factor = Float(pow(10, decibels / 20))
        return samples.map { factor * $0 }
    }
}
