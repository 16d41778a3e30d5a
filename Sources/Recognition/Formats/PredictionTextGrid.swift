import StimmungSupport

/// A prediction as a Praat TextGrid in long text format, UTF-8: one interval tier from 0 to the duration, without gaps or overlaps. The tier is
/// called `emotion`, or `emotion, channel 2` where every channel is a recording of its own.
///
/// Source: P. Boersma, D. Weenink, Praat manual, *TextGrid file formats*.
enum PredictionTextGrid {
    static func document(_ prediction: Prediction) -> String {
        let end = rounded(prediction.duration)
        let intervals = intervals(prediction, until: end)
        let tier = "emotion" + (prediction.channel.map { ", channel \($0)" } ?? "")
        var lines = [
            "File type = \"ooTextFile\"", "Object class = \"TextGrid\"", "", "xmin = 0", "xmax = \(text(end))", "tiers? <exists>",
            "size = 1",
            "item []:", "    item [1]:", "        class = \"IntervalTier\"", "        name = \(tier.inDoubledQuotes)", "        xmin = 0",
            "        xmax = \(text(end))", "        intervals: size = \(intervals.count)",
        ]
        for (index, interval) in intervals.enumerated() {
            lines += [
                "        intervals [\(index + 1)]:", "            xmin = \(text(interval.start))",
                "            xmax = \(text(interval.end))",
                "            text = \(interval.label.inDoubledQuotes)",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The timeline; gaps and parts without speech are intervals without text. Where two segments overlap, the first keeps the time.
    private static func intervals(_ prediction: Prediction, until end: Double) -> [(start: Double, end: Double, label: String)] {
        var intervals: [(start: Double, end: Double, label: String)] = []
        var reached = 0.0
        for segment in prediction.timeline.sorted(by: { $0.start < $1.start }) {
            let start = max(rounded(segment.start), reached)
            let stop = min(rounded(segment.end), end)
            guard start < stop else { continue }
            if start > reached { intervals.append((reached, start, "")) }
            intervals.append((start, stop, segment.label ?? ""))
            reached = stop
        }
        if reached < end || intervals.isEmpty { intervals.append((reached, end, "")) }
        return intervals
    }

    /// The number as it will be printed, so that comparisons use what Praat will read.
    private static func rounded(_ time: Double) -> Double {
        (time * 1e6).rounded() / 1e6
    }

    private static func text(_ time: Double) -> String {
        Decimal6.text(time) ?? "0"
    }
}
