extension FeatureOptions {
    /// Checks every option.
    ///
    /// - Throws: `FeatureError.option`, with the name and the allowed values of the first invalid option.
    package func validate() throws(FeatureError) {
        try require((1000...384_000).contains(sampleRate), "sampleRate", "\(sampleRate)", "1000 to 384000 Hz")
        try require((0...1).contains(peak), "peak", "\(peak)", "0 (as recorded) to 1")
        try require(
            highPass == 0 || highPass >= 1 && highPass < Double(sampleRate) / 4, "highPass", "\(highPass)",
            "0 (none), or 1 Hz to below a quarter of the sample rate (\(Double(sampleRate) / 4) Hz)")
        try require((0...1).contains(preEmphasis), "preEmphasis", "\(preEmphasis)", "0 to 1")
        try require((0...1).contains(windowLength) && windowSamples >= 2, "windowLength", "\(windowLength)", "2 samples to 1 second")
        try require(hop > 0 && hop <= windowLength && hopSamples >= 1, "hop", "\(hop)", "1 sample to windowLength (\(windowLength) s)")
        if let fftSize {
            try require(
                fftSize.isMultiple(of: 2) && (windowSamples...1_048_576).contains(fftSize), "fftSize", "\(fftSize)",
                "an even number from the samples in a frame (\(windowSamples)) to 1048576")
        }
        let half = Double(sampleRate) / 2
        try require(
            lowFrequency >= 0 && lowFrequency < half, "lowFrequency", "\(lowFrequency)", "0 to below half the sample rate (\(half) Hz)")
        try require(
            highFrequency > lowFrequency && highFrequency <= half, "highFrequency", "\(highFrequency)",
            "above lowFrequency (\(lowFrequency) Hz) to half the sample rate (\(half) Hz)")
        try require((0.8...1.25).contains(warp), "warp", "\(warp)", "0.8 to 1.25")
        try require(logFloor > 0 && logFloor.isFinite, "logFloor", "\(logFloor)", "a number above 0")
        try require(
            !relativeFloor || logFloor <= 1, "logFloor", "\(logFloor)", "a number above 0, and at most 1 with relativeFloor")
        if let encoder {
            try validate(encoder)
            if functionals == nil {
                let usual = FeatureOptions()
                try require(kinds == usual.kinds, "kinds", "\(kinds.map(\.rawValue))", "no kinds beside an encoder without functionals")
                try require(deltas == usual.deltas, "deltas", "\(deltas)", "no deltas beside an encoder")
            }
        }
        try require(!kinds.isEmpty && Set(kinds).count == kinds.count, "kinds", "\(kinds.map(\.rawValue))", kindsAllowed)
        // In the order of `allCases`, so that the first error does not depend on the order of the list.
        for kind in FeatureKind.allCases where kinds.contains(kind) { try kind.validate(self) }
        if let functionals {
            try require((0...200).contains(functionals.trim), "functionals.trim", "\(functionals.trim)", "0 (none) to 200 dB")
            let lags = functionals.lagFrames(hop: startTime(ofFrame: 1))
            try require(
                lags.count <= 16 && lags.allSatisfy { $0 > 0 } && Set(lags).count == lags.count, "functionals.lags", "\(functionals.lags)",
                "up to 16 lags from one hop (\(hop) s) to \(FunctionalsOptions.longestLag) s, all different in whole frames")
            let hasColumns = kinds.contains { !$0.isSpectrum }
            try require(
                hasColumns || (lags.isEmpty && !functionals.correlations), "functionals", "lags or correlations",
                "only with a kind other than fbank")
        }
        try require((0...2).contains(deltas), "deltas", "\(deltas)", "0, 1 or 2 orders")
        try require((1...100).contains(deltaWindow), "deltaWindow", "\(deltaWindow)", "1 to 100 frames")
    }

    private var kindsAllowed: String {
        "one or more of " + FeatureKind.allCases.map(\.rawValue).joined(separator: ", ") + ", each once"
    }

    /// Checks the number of bands. A band so narrow that it falls between two bins of the spectrum would always have zero energy.
    func requireBands(_ bands: Int, _ name: String) throws(FeatureError) {
        try require((1...1000).contains(bands), name, "\(bands)", "1 to 1000")
        let filterbank = MelFilterbank(self, bands: bands)
        let empty = (0..<bands).first { filterbank.weights(ofBand: $0).bins.isEmpty }
        try require(
            empty == nil, name, "\(bands)",
            "fewer bands, or a larger fftSize than \(transformSize): band \(empty ?? 0) lies between two bins of the spectrum")
    }

    /// Checks the options of the kinds that track the voice.
    func requirePitch() throws(FeatureError) {
        try require((20...500).contains(pitchFloor), "pitchFloor", "\(pitchFloor)", "20 to 500 Hz")
        // At a quarter of the sample rate a period has four samples; fewer do not show its shape.
        let highest = min(1500, Double(sampleRate) / 4)
        try require(
            pitchCeiling >= 1.5 * pitchFloor && pitchCeiling <= highest, "pitchCeiling", "\(pitchCeiling)",
            "1.5 times pitchFloor (\(pitchFloor) Hz) to \(highest) Hz")
        try require((0.05...0.95).contains(voicingThreshold), "voicingThreshold", "\(voicingThreshold)", "0.05 to 0.95")
    }

    /// Requires spectral bins of at most 125 Hz.
    func requireBins(of kind: FeatureKind) throws(FeatureError) {
        let least = sampleRate / 125
        try require(transformSize >= least, "fftSize", "\(transformSize)", "at least \(least) with kind \(kind.rawValue)")
    }

    /// The texts are made for an error only: those of lists took 1 of 45 ms of recognising one recording (AMD EPYC, Zen 4, 2026-11-28).
    func require(
        _ holds: Bool, _ name: String, _ value: @autoclosure () -> String, _ allowed: @autoclosure () -> String
    ) throws(FeatureError) {
        guard holds else { throw .option(name: name, value: value(), allowed: allowed()) }
    }
}
