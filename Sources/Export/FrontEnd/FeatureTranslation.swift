import StimmungFeatures

/// Translates one kind of features to nodes of a graph.
struct FeatureTranslation: Sendable {
    /// The columns of all frames, B × T × columns.
    ///
    /// - Parameter floors: the least energies before a logarithm.
    let columns:
        @Sendable (_ options: FeatureOptions, _ framing: inout Framing, _ floors: GraphBuilder.Value, _ graph: inout GraphBuilder) ->
            GraphBuilder.Value

    static let all: [FeatureKind: FeatureTranslation] = [.mfcc: mfcc, .fbank: fbank, .energy: energy]

    private static let energy = FeatureTranslation { _, framing, floors, graph in
        graph.logarithm(graph.largest(framing.energies(&graph), floors))
    }

    private static let fbank = FeatureTranslation { options, framing, floors, graph in
        logEnergies(options, bands: options.filterbankBands, &framing, floors, &graph)
    }

    private static let mfcc = FeatureTranslation { options, framing, floors, graph in
        let (bands, count) = (options.melBands, options.coefficients)
        let transform = CosineTransform(inputs: bands, coefficients: count, lifter: options.lifter)
        let matrix = (0..<bands).flatMap { band in transform((0..<bands).map { $0 == band ? 1 : 0 }) }
        let logs = logEnergies(options, bands: bands, &framing, floors, &graph)
        return graph.product(logs, matrix, bands, count, name: "cosineTransform")
    }

    private static func logEnergies(
        _ options: FeatureOptions, bands: Int, _ framing: inout Framing, _ floors: GraphBuilder.Value, _ graph: inout GraphBuilder
    ) -> GraphBuilder.Value {
        let filterbank = MelFilterbank(options, bands: bands)
        let bins = framing.bins
        var matrix = [Float](repeating: 0, count: bins * bands)
        for band in 0..<bands {
            let (range, weights) = filterbank.weights(ofBand: band)
            for (bin, weight) in zip(range, weights) { matrix[bin * bands + band] = weight }
        }
        let energies = graph.product(framing.power(&graph), matrix, bins, bands, name: "melFilterbank")
        return graph.logarithm(graph.largest(energies, floors))
    }
}
