import Foundation
import Stimmung
import StimmungTensors
import StimmungTestSupport
import Testing

struct CalibrationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Draws labels from distributions, and hands those distributions sharpened by a power: the temperature undoes the power.
    @Test(arguments: [0.5, 1, 3]) func theTemperatureThatWasTakenAwayIsFound(power: Double) {
        var random = RandomSource(seed: 5)
        let judged = (0..<20_000).map { _ -> (probabilities: [Double], label: Int, factor: Double) in
            let weights = (0..<4).map { _ in exp(1.5 * Double(random.normal())) }
            let total = weights.reduce(0, +)
            var draw = Double(random.uniform()) * total
            let label = weights.firstIndex { weight in
                draw -= weight
                return draw < 0
            }
            let sharpened = weights.map { pow($0 / total, power) }
            return (sharpened.map { $0 / sharpened.reduce(0, +) }, label ?? 3, 1)
        }
        let temperature = Calibration.temperature(of: judged)
        #expect(abs(temperature / power - 1) < 0.05, "\(temperature)")
    }

    @Test func nothingToLearnFromKeepsTheAllowedRange() {
        #expect(Calibration.temperature(of: []) == 1)
        // Always right: never too sure. Always wrong: never unsure enough.
        #expect(Calibration.temperature(of: [(probabilities: [0.9, 0.1], label: 0, factor: 1)]) == Calibration.allowed.lowerBound)
        #expect(Calibration.temperature(of: [(probabilities: [0.9, 0.1], label: 1, factor: 1)]) == Calibration.allowed.upperBound)
        let zero = Calibration.temperature(of: [
            (probabilities: [1, 0], label: 1, factor: 1), (probabilities: [1, 0], label: 0, factor: 1),
        ])
        #expect(Calibration.allowed.contains(zero))
    }

    @Test func aTemperatureChangesConfidenceAndNoDecision() {
        for decision in Decision.allCases {
            var random = RandomSource(seed: 2)
            for _ in 0..<50 {
                var logs = Matrix(rows: 3, columns: 4)
                for i in logs.elements.indices { logs.elements[i] = -abs(random.normal()) }
                func pooling(_ temperature: Double) -> Pooling {
                    var pooling = Pooling(decision, classes: 4, temperature: temperature)
                    pooling.add(logs)
                    return pooling
                }
                let (cold, plain, hot) = (pooling(0.5), pooling(1), pooling(4))
                #expect(cold.decided == plain.decided && hot.decided == plain.decided)
                #expect(cold.probabilities[cold.decided] > plain.probabilities[plain.decided])
                #expect(hot.probabilities[hot.decided] < plain.probabilities[plain.decided])
                let powers = plain.probabilities.map { $0 * $0 }
                #expect(zip(powers, cold.probabilities).allSatisfy { abs($0 / powers.reduce(0, +) - $1) < 1e-9 })
            }
        }
    }

    /// A file's temperature is used, kept, and refused where it is none.
    @Test func aModelKeepsItsTemperature() throws {
        var tones = Tones()
        tones.add(seconds: 1, amplitude: Tones.loud)
        let file = folder.file("t.wav")
        try tones.write(file)
        let plain = try Recogniser(ModelParts.loudness().model(in: folder)).predict(path: file)
        var parts = ModelParts.loudness()
        parts.metadata["temperature"] = "2"
        let model = try parts.model(in: folder)
        #expect(model.temperature == 2)
        let warm = try Recogniser(model).predict(path: file)
        let (high, low) = (try #require(plain.confidence), try #require(warm.confidence))
        #expect(warm.label == plain.label && low < high && low > 0.5)
        try model.write(path: folder.file("again.safetensors"))
        #expect(try Model(contentsOf: folder.file("again.safetensors")).temperature == 2)
        for wrong in ["0", "-1", "nan", "1e9", "warm"] {
            parts.metadata["temperature"] = wrong
            let error = try #require(throws: ModelError.self) { try parts.model(in: folder) }
            #expect("\(error)".contains("temperature"), "\(error)")
        }
    }
}
