import StimmungFeatures
import StimmungSupport
import StimmungTensors

/// Times feature extraction from the samples of a recording, on the calling thread.
package struct FrontEndBenchmark: Sendable {
    package var options = FeatureOptions()
    /// Duration of the recording.
    package var seconds = 60.0
    package var repeats = 7

    package init() {}

    package struct Result: Sendable {
        package var extraction: Timings
        package var frames: Int
    }

    /// - Throws: `FeatureError.option` if an option is invalid.
    package func run() throws -> Result {
        let samples = recording()
        var extractor = try FrontEnd(options).makeExtractor()
        var frames = Matrix(rows: 0, columns: extractor.width)
        let timings = try Timings(repeats: repeats) {
            frames.resize(rows: 0)
            try extractor.push(samples, into: &frames)
            extractor.finish(into: &frames)
        }
        return Result(extraction: timings, frames: frames.rows)
    }

    /// A voice of twenty harmonics with varying pitch, and noise.
    private func recording() -> [Float] {
        var random = RandomSource(seed: 1)
        var phase: Float = 0
        return (0..<Int(seconds * Double(options.sampleRate))).map { number in
            let time = Float(number) / Float(options.sampleRate)
            phase += 2 * .pi * (150 + 40 * wave(3 * time)) / Float(options.sampleRate)
            if phase > 2 * .pi { phase -= 2 * .pi }
            let voice = (1...20).reduce(Float(0)) { $0 + wave(Float($1) * phase) / Float($1) }
            return 0.1 * voice + 0.01 * random.normal()
        }
    }

    /// A parabolic approximation of a sine.
    private func wave(_ phase: Float) -> Float {
        let turn = phase / (2 * .pi)
        let x = 2 * (turn - turn.rounded(.down)) - 1
        return 4 * x * (abs(x) - 1)
    }
}
