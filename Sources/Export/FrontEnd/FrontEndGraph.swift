import Stimmung
import StimmungAudio
import StimmungFeatures

/// The front end as a graph: level, high-pass, frames, kinds of features, deltas.
///
/// The stages are those of `FrameExtractor`. Recordings of a batch are padded at their ends; their lengths are an input.
struct FrontEndGraph {
    private let options: FeatureOptions
    private let usesSpeech: Bool

    /// - Throws: `ExportError.frontEnd` if a part of it has no translation.
    init(_ recipe: Recipe) throws(ExportError) {
        options = recipe.features
        usesSpeech = recipe.speech == .detected
        if options.encoder != nil {
            throw .frontEnd(part: "the speech encoder", reason: "is a model of its own, whose weights are not in the model file")
        }
        for kind in options.kinds where FeatureTranslation.all[kind] == nil {
            throw .frontEnd(part: kind.rawValue, reason: "needs a search over the whole recording, which the exporter does not support")
        }
        if options.functionals != nil {
            throw .frontEnd(
                part: "functionals", reason: "are statistics of stretches of speech, whose search the exporter does not support")
        }
    }

    /// The inputs `audio`, B × S samples, `lengths`, B numbers of samples, and perhaps `speech`, B × T; the features of all frames.
    func rows(_ graph: inout GraphBuilder) throws(ExportError) -> Rows {
        let audio = graph.input("audio", .float, ["batch", "samples"])
        let sampleCounts = graph.input("lengths", .int64, ["batch"])
        let isInside = graph.mask(sampleCounts, count: graph.size(of: audio, axis: 1))
        let levelled = levelled(graph.multiply(audio, isInside), &graph)
        let samples = try filtered(levelled, isInside, &graph)

        var framing = Framing(options, samples, &graph)
        let floors = floors(&framing, &graph)
        let columns = options.kinds.compactMap { kind in
            FeatureTranslation.all[kind]?.columns(options, &framing, floors, &graph)
        }
        let measured = columns.count == 1 ? columns[0] : graph.join(columns, axis: 2)
        let speech = usesSpeech ? graph.input("speech", .float, ["batch", "frames"]) : nil
        var rows = Rows(
            measured, width: options.staticWidth, lengths: frameCounts(sampleCounts, &graph), weights: speech, in: &graph)
        var orders = [measured]
        for _ in 0..<options.deltas {
            rows.values = deltas(rows, &graph)
            orders.append(rows.values)
        }
        return rows.with(orders.count == 1 ? measured : graph.join(orders, axis: 2), width: options.width)
    }

    /// Every recording at the same peak.
    private func levelled(_ samples: GraphBuilder.Value, _ graph: inout GraphBuilder) -> GraphBuilder.Value {
        guard options.peak > 0 else { return samples }
        let peak = graph.node("ReduceMax", [graph.node("Abs", [samples])], [.integers("axes", [1]), .integer("keepdims", 1)])
        let gain = graph.smallest(
            graph.divide(graph.scalar(options.peak), graph.largest(peak, graph.scalar(.leastNormalMagnitude))),
            graph.scalar(PeakLevel.mostGain))
        return graph.multiply(samples, gain)
    }

    /// The response of the high-pass to an impulse, as a convolution. It is cut off where it has decayed.
    private func filtered(
        _ samples: GraphBuilder.Value, _ isInside: GraphBuilder.Value, _ graph: inout GraphBuilder
    ) throws(ExportError) -> GraphBuilder.Value {
        guard options.highPass > 0 else { return samples }
        var highPass = HighPass(cutoff: options.highPass, sampleRate: options.sampleRate)
        // The first sample sets the state of the filter, so the impulse is the second.
        var response = [Float](repeating: 0, count: Self.longestResponse + 1)
        response[1] = 1
        highPass.process(&response)
        response.removeFirst()
        guard let end = response.lastIndex(where: { abs($0) > 1e-7 }), end < Self.longestResponse - 1 else {
            throw .frontEnd(part: "highPass", reason: "at \(options.highPass) Hz rings for too long")
        }
        let first = graph.slice(samples, axis: 1, from: 0, to: 1)
        let centred = graph.multiply(graph.subtract(samples, first), isInside)
        let kernel = graph.constant(response[...end].reversed(), shape: [1, 1, end + 1], name: "highPass")
        let output = graph.node("Conv", [graph.addAxes(centred, [1]), kernel], [.integers("pads", [end, 0])])
        return graph.removeAxes(output, [1])
    }

    private static let longestResponse = 1 << 14

    /// The least energy of each frame before a logarithm: one for all, or B × T × 1.
    private func floors(_ framing: inout Framing, _ graph: inout GraphBuilder) -> GraphBuilder.Value {
        let tracker = LevelTracker(options)
        guard options.relativeFloor else { return graph.scalar(tracker.floor) }
        let energies = framing.energies(&graph)
        // L_t = max(e_t, L_{t−1} · decay, least)
        var step = GraphBuilder(name: "level", prefix: "level.")
        let before = step.input("before", .float, ["batch", 1])
        let energy = step.input("energy", .float, ["batch", 1])
        let decayed = step.multiply(before, step.scalar(tracker.decay))
        let level = step.largest(step.largest(energy, decayed), step.scalar(LevelTracker.least))
        step.output("after", of: level, .float, ["batch", 1])
        step.output("level", of: level, .float, ["batch", 1])
        let start = graph.multiply(graph.slice(energies, axis: 1, from: 0, to: 1), graph.scalar(0))
        let levels = graph.nodes(
            "Scan", [graph.removeAxes(start, [1]), energies],
            [
                .graph("body", step.graph), .integer("num_scan_inputs", 1), .integers("scan_input_axes", [1]),
                .integers("scan_output_axes", [1]),
            ], outputs: 2)[1]
        return graph.largest(graph.multiply(levels, graph.scalar(options.logFloor)), graph.scalar(.leastNormalMagnitude))
    }

    /// 1 + (samples − window) / hop, or 0 for less than a window.
    private func frameCounts(_ samples: GraphBuilder.Value, _ graph: inout GraphBuilder) -> GraphBuilder.Value {
        let start = graph.whole(options.hopSamples - options.windowSamples)
        let frames = graph.divide(graph.add(samples, start), graph.whole(options.hopSamples))
        return graph.largest(frames, graph.whole(0))
    }

    /// d_t = Σ_n n (c_{t+n} − c_{t−n}) / (2 Σ_n n²)
    private func deltas(_ rows: Rows, _ graph: inout GraphBuilder) -> GraphBuilder.Value {
        let reach = options.deltaWindow
        let scale = 2 * (1...reach).reduce(0) { $0 + $1 * $1 }
        let terms = (1...reach).map { n in
            let difference = graph.subtract(rows.shifted(by: n, in: &graph), rows.shifted(by: -n, in: &graph))
            return graph.multiply(difference, graph.scalar(Float(n) / Float(scale)))
        }
        return terms.count == 1 ? terms[0] : graph.node("Sum", terms)
    }
}
