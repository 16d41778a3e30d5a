import StimmungSupport

/// Accuracies. Formulas: M. Sokolova, G. Lapalme, *A systematic analysis of performance measures for classification tasks*,
/// Information Processing & Management 45 (2009); UAR: B. Schuller et al., *The INTERSPEECH 2009 Emotion Challenge*.
extension ConfusionMatrix {
    /// Utterances of each class.
    package var support: [Int] { counts.map { $0.reduce(0, +) } }

    /// Utterances taken for each class.
    package var predictions: [Int] { counts.indices.map { predicted in counts.reduce(0) { $0 + $1[predicted] } } }

    /// Of each class, the share that was recognised; nil for a class that does not occur.
    public var recall: [Double?] { ratios(over: support) }

    /// Of what was taken for each class, the share that belongs to it; nil for a class that nothing was taken for.
    public var precision: [Double?] { ratios(over: predictions) }

    /// Of each class, 2 × right / (occurrences + predictions), the harmonic mean of recall and precision; nil for a class that
    /// neither occurs nor is predicted.
    public var f1: [Double?] {
        zip(support, predictions).enumerated().map { index, sums in
            let sum = sums.0 + sums.1
            return sum > 0 ? 2 * Double(counts[index][index]) / Double(sum) : nil
        }
    }

    /// Weighted accuracy: the share of all utterances that is right. Nil without utterances.
    public var wa: Double? { total > 0 ? Double(correct) / Double(total) : nil }

    /// Unweighted average recall: the mean of the recall of the classes that occur. Nil without utterances.
    public var uar: Double? { recall.meanOfDefined }

    /// The mean F1 of the classes that occur or are predicted. Nil without utterances.
    package var macroF1: Double? { f1.meanOfDefined }

    /// 95 % confidence interval of the weighted accuracy.
    package var waInterval: Interval? { total > 0 ? .wilson(successes: correct, of: total) : nil }

    /// 95 % confidence interval of the unweighted average recall.
    package var uarInterval: Interval? { uarInterval(seeds: 1) }

    /// The same for a matrix over several seeds that tested the same utterances: the interval is for the number of utterances of one seed.
    func uarInterval(seeds: Int) -> Interval? {
        func mean(_ count: Int) -> Double { Double(count) / Double(seeds) }
        let recalls = zip(counts.indices, support).filter { $0.1 > 0 }.map { (successes: mean(counts[$0][$0]), of: mean($1)) }
        return recalls.isEmpty ? nil : .uar(recalls: recalls)
    }

    private func ratios(over sums: [Int]) -> [Double?] {
        sums.enumerated().map { index, sum in sum > 0 ? Double(counts[index][index]) / Double(sum) : nil }
    }
}

extension [Double?] {
    /// The mean of the defined values; nil where none is defined.
    var meanOfDefined: Double? {
        let defined = compactMap(\.self)
        return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
    }
}

extension ConfusionMatrix {
    /// The matrix as lines of text: a row for each true class, a column for each predicted one, and the recall at the end.
    ///
    ///     true \ predicted  anger  neutral  recall
    ///     anger                 8        2  80.0 %
    ///     neutral               0        0       –
    public var table: String {
        var table = TextTable([.leading] + (classes + ["recall"]).map { _ in .trailing })
        table.add(["true \\ predicted"] + classes + ["recall"])
        for (index, recall) in recall.enumerated() {
            table.add([classes[index]] + counts[index].map(String.init) + [Percent.text(recall)])
        }
        return table.lines.map { $0 + "\n" }.joined()
    }
}
