/// What a machine's visible units are.
package enum VisibleUnits: String, Sendable, Codable, CaseIterable {
    /// 0 or 1, or probabilities in between.
    case binary
    /// Real numbers with variance 1 given the hidden units: the data are standardised first.
    case gaussian
}
