import Foundation
import StimmungFeatures
import Testing

struct DeltaTests {
    /// The log energy of an exponentially growing signal is a straight line.
    @Test("the delta of a straight line is its slope, the acceleration is 0")
    func ramp() throws {
        let growth = 0.001
        let samples = (0..<6000).map { Float(1e-2 * exp(growth * Double($0))) }
        let features = try extract(samples: samples, options: FeatureOptions(kinds: [.energy], deltas: 2))
        let slope = Float(2 * growth * 160)
        for frame in 2..<features.rows - 2 {
            #expect(abs(features[frame, 1] - slope) < 1e-5)
        }
        for frame in 4..<features.rows - 4 {
            #expect(abs(features[frame, 2]) < 1e-5)
        }
        // At the start the first frame is repeated: (1·(1 − 0) + 2·(2 − 0)) / 10, then (1·(2 − 0) + 2·(3 − 0)) / 10 slopes.
        #expect(abs(features[0, 1] - 0.5 * slope) < 1e-5)
        #expect(abs(features[1, 1] - 0.8 * slope) < 1e-5)
        let last = features.rows - 1
        #expect(abs(features[last, 1] - 0.5 * slope) < 1e-5)
        #expect(abs(features[last - 1, 1] - 0.8 * slope) < 1e-5)
    }

    @Test("fewer orders of deltas give a prefix of the columns")
    func orders() throws {
        let samples = chirpInNoise(count: 9000)
        let two = try extract(samples: samples, options: FeatureOptions(deltas: 2))
        for deltas in 0...1 {
            let fewer = try extract(samples: samples, options: FeatureOptions(deltas: deltas))
            #expect(fewer.columns == 13 * (1 + deltas))
            for frame in 0..<fewer.rows {
                #expect(fewer.row(frame).elementsEqual(two.row(frame).prefix(fewer.columns)))
            }
        }
    }
}
