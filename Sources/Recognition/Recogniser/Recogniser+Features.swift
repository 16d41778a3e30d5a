import StimmungAudio
import StimmungFeatures
import StimmungTensors

/// A stretch of speech that was judged as a whole.
struct JudgedStretch: Sendable {
    let frames: Range<Int>
    /// Its functionals; nil for models of frames.
    let row: [Float]?
}

/// The features that a decision is made from, for the graph of an exported model.
extension Recogniser {
    /// The features that `predict` decides by, for a model that decides about detected speech: with functionals, a row for each stretch that is
    /// judged as a whole; otherwise every frame.
    ///
    /// - Throws: `FeatureError`, `Cancelled`, and `RecogniserError.needsOtherRecordings` for a model that compares recordings.
    package func judgedRows(of recording: AudioSegment) throws -> (rows: WeightedRows, warnings: [RecordingWarning]) {
        let features = model.recipe.features
        var options = SessionOptions()
        options.posteriorInterval = nil
        options.keepsStretches = true
        let session = try RecognitionSession(self, sampleRate: features.sampleRate, options, isRecording: true)
        let warnings = try read(recording, by: session) { _ in }
        if features.isPooled {
            var rows = Matrix(rows: 0, columns: features.width)
            var stretches: [JudgedStretch] = []
            for stretch in session.stretches {
                guard let row = stretch.row else { continue }
                rows.append(rows: Matrix(rows: 1, columns: row.count, elements: row))
                stretches.append(stretch)
            }
            let starts = stretches.map { features.startTime(ofFrame: $0.frames.lowerBound) }
            return (WeightedRows(.frames, stretches.map { Float($0.frames.count) }, starts: starts, rows), warnings)
        }
        // Without speech there are rows all the same, whether or not every sample is zero.
        let frames = try frontEnd.featuresWithWarnings(of: recording, acceptsSilence: true, cancellation: cancellation).features
        var speech = [Float](repeating: 0, count: frames.rows)
        for stretch in session.stretches {
            for frame in stretch.frames.clamped(to: 0..<frames.rows) { speech[frame] = 1 }
        }
        let starts = (0..<frames.rows).map { features.startTime(ofFrame: $0) }
        return (WeightedRows(.speech, speech, starts: starts, frames), warnings)
    }
}
