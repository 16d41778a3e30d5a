import Stimmung
import StimmungAudio
import StimmungFigures

/// A prediction's timeline as a picture: the waveform, the decisions and the probabilities over time.
package struct TimelinePicture: Sendable {
    package var prediction: Prediction
    /// The classes in the order of the model.
    package var classes: [String]

    package init(_ prediction: Prediction, classes: [String]) {
        self.prediction = prediction
        self.classes = classes
    }

    /// Parts of the waveform, one per pixel: each shows its lowest and highest sample.
    private static let parts = 720

    /// Reads the recording again for its waveform.
    ///
    /// - Throws: the errors of `AudioReader`.
    package func draw(_ recording: AudioSegment, name: String) throws(AudioError) -> Picture {
        let file = prediction.file.split(separator: "/").last.map(String.init) ?? prediction.file
        var chart = TimelineChart(title: file, duration: prediction.duration, classes: classes, segments: segments)
        chart.envelope = try envelope(of: recording)
        let sheet = Sheet(title: "Emotion over time", rows: [[chart]], caption: caption)
        return Picture(name: name, shows: "the emotions of \(file) over time", figure: sheet)
    }

    private var caption: String {
        "Each segment has the colour of its most probable class; those without speech and rejected decisions are grey. Probabilities are estimates for acted speech like the training data; "
            + "they do not tell what a person feels."
    }

    private var segments: [TimelineChart.Segment] {
        (prediction.segments ?? []).map { segment in
            TimelineChart.Segment(
                segment.start...max(segment.start, segment.end), decided: segment.label.flatMap { classes.firstIndex(of: $0) },
                shares: classes.map { name in segment.probabilities.first { $0.label == name }?.probability ?? 0 })
        }
    }

    private func envelope(of recording: AudioSegment) throws(AudioError) -> [ClosedRange<Float>] {
        let reader = try AudioReader(recording, sampleRate: 16000)
        let samplesPerPart = max(prediction.duration * Double(reader.sampleRate) / Double(Self.parts), 1)
        var envelope: [ClosedRange<Float>] = []
        var position = 0
        while true {
            let samples = try reader.read(maximum: 1 << 14)
            if samples.isEmpty { return envelope }
            for sample in samples {
                let part = Int(Double(position) / samplesPerPart)
                if part >= envelope.count, envelope.count < Self.parts {
                    envelope.append(sample...sample)
                } else if let last = envelope.last {
                    envelope[envelope.count - 1] = min(last.lowerBound, sample)...max(last.upperBound, sample)
                }
                position += 1
            }
        }
    }
}
