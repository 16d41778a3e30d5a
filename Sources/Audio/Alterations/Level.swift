import Foundation

/// The level of the speech in a recording, without its pauses: the root mean square over the time in which someone speaks.
///
/// Source: ITU-T P.56 (2011), method B: the signal is active where its envelope is above a threshold, or did within the last 0.2 s,
/// for the threshold that lies 15.9 dB under the level so found. Thresholds lie 6 dB apart and are counted from the peak of the
/// recording, not from full scale, so that a louder copy has a level as much higher. The band filter of P.56 is left out.
///
/// 0 for silence. A recording too short for the envelope to rise (some tens of milliseconds) counts as active throughout.
package func activeLevel(of samples: [Float], sampleRate: Int) -> Double {
    let peak = Double(samples.reduce(0) { max($0, abs($1)) })
    guard peak > 0 else { return 0 }
    let energy = samples.reduce(0) { $0 + Double($1) * Double($1) }
    // From low to high.
    let thresholds = (1...16).map { peak * pow(2, Double($0 - 17)) }
    let times = activeSamples(samples, thresholds, sampleRate: sampleRate)

    var level = (energy / Double(samples.count)).squareRoot()
    var above: Double?
    for (threshold, time) in zip(thresholds, times) where time > 0 {
        let active = (energy / Double(time)).squareRoot()
        // How far the level is above the threshold and the margin, in decibels: less with each threshold.
        let excess = 20 * log10(active / threshold) - 15.9
        if excess <= 0 {
            guard let above else { return active }
            // Between the last two thresholds, in decibels.
            let part = above / (above - excess)
            return level * pow(active / level, part)
        }
        level = active
        above = excess
    }
    return level
}

/// For each threshold, lowest first, the samples at which the recording is active.
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
                // Higher thresholds were crossed no later.
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
