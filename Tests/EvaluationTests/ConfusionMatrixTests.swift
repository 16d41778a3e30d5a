import Foundation
import StimmungEvaluation
import Testing

struct ConfusionMatrixTests {
    private let matrix = ConfusionMatrix(classes: ["anger", "fear", "neutral"], counts: [[8, 2, 0], [1, 5, 4], [0, 3, 17]])

    private func close(_ a: Double?, _ b: Double?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return abs(a - b) < 1e-12
    }

    /// Reference: scikit-learn 1.x, `accuracy_score`, `balanced_accuracy_score`, `f1_score(average="macro")`,
    /// `precision_recall_fscore_support` on the 40 utterances that the counts stand for.
    @Test func figuresAgreeWithScikitLearn() {
        #expect(close(matrix.wa, 0.75))
        #expect(close(matrix.uar, 0.7166666666666667))
        #expect(close(matrix.macroF1, 0.7237911852802738))
        #expect(zip(matrix.recall, [0.8, 0.5, 0.85]).allSatisfy { close($0, $1) })
        #expect(zip(matrix.precision, [8.0 / 9, 0.5, 17.0 / 21]).allSatisfy { close($0, $1) })
        #expect(zip(matrix.f1, [16.0 / 19, 0.5, 34.0 / 41]).allSatisfy { close($0, $1) })
        #expect(matrix.support == [10, 10, 20] && matrix.predictions == [9, 10, 21])
        #expect(matrix.total == 40 && matrix.correct == 30)
    }

    /// Classes that do not occur: C is predicted only, D is neither. scikit-learn for truth 0 0 1 1 1 and prediction 0 2 1 1 0:
    /// balanced accuracy 0.58333 (over two classes), macro F1 0.43333 (over the three that occur or are predicted).
    @Test func classesThatDoNotOccurHaveNoRecall() {
        var matrix = ConfusionMatrix(classes: ["A", "B", "C", "D"])
        for (truth, predicted) in zip([0, 0, 1, 1, 1], [0, 2, 1, 1, 0]) { matrix.add(true: truth, predicted: predicted) }
        #expect(zip(matrix.recall, [0.5, 2.0 / 3, nil, nil]).allSatisfy { close($0, $1) })
        #expect(zip(matrix.precision, [0.5, 1, 0, nil]).allSatisfy { close($0, $1) })
        #expect(zip(matrix.f1, [0.5, 0.8, 0, nil]).allSatisfy { close($0, $1) })
        #expect(close(matrix.uar, 0.5833333333333333) && close(matrix.macroF1, 0.43333333333333335) && close(matrix.wa, 0.6))
        #expect(matrix.uarInterval == .uar(recalls: [(1, 2), (2, 3)]))
    }

    @Test func anEmptyMatrixHasNoFigures() {
        let empty = ConfusionMatrix(classes: ["a", "b"])
        #expect(empty.wa == nil && empty.uar == nil && empty.macroF1 == nil && empty.waInterval == nil && empty.uarInterval == nil)
    }

    @Test func mergingAddsCounts() {
        var sum = matrix
        sum.add(true: 2, predicted: 0, count: 3)
        sum.merge(matrix)
        #expect(sum.counts == [[16, 4, 0], [2, 10, 8], [3, 6, 34]])
    }

    @Test func codingKeepsTheMatrixAndRefusesNonsense() throws {
        let json = try JSONEncoder().encode(matrix)
        #expect(try JSONDecoder().decode(ConfusionMatrix.self, from: json) == matrix)
        for text in [
            #"{"classes":["a","b"],"counts":[[1,2]]}"#, #"{"classes":["a"],"counts":[[1,2]]}"#, #"{"classes":["a"],"counts":[[-1]]}"#,
        ] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(ConfusionMatrix.self, from: Data(text.utf8)) }
        }
    }

    @Test func tableIsAligned() {
        let matrix = ConfusionMatrix(classes: ["Überraschung", "joy", "x"], counts: [[123, 4, 0], [0, 5, 0], [0, 0, 0]])
        #expect(
            matrix.table == """
                true \\ predicted  Überraschung  joy  x   recall
                Überraschung               123    4  0   96.9 %
                joy                          0    5  0  100.0 %
                x                            0    0  0        –

                """)
    }
}
