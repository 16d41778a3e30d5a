/// Where each parameter array stands in the flat array.
///
/// W, B and c lie one below the other as one matrix of (V + P + 1) × H, and A and b as one of (P + 1) × V. A frame, its past and a 1 as a
/// row [x, x_{<t}, 1] then get their hidden and visible biases, and those get their gradients, in one product each.
package struct MachineLayout: Sendable {
    package let visible: Int
    package let hidden: Int
    package let past: Int

    package init(visible: Int, hidden: Int, order: Int) {
        self.visible = visible
        self.hidden = hidden
        past = order * visible
    }

    /// Numbers in a row [x, x_{<t}, 1].
    package var stride: Int { visible + past + 1 }
    package var weights: Range<Int> { 0..<visible * hidden }
    package var pastToHidden: Range<Int> { weights.upperBound..<weights.upperBound + past * hidden }
    package var hiddenBias: Range<Int> { pastToHidden.upperBound..<pastToHidden.upperBound + hidden }
    package var pastToVisible: Range<Int> { hiddenBias.upperBound..<hiddenBias.upperBound + past * visible }
    package var visibleBias: Range<Int> { pastToVisible.upperBound..<pastToVisible.upperBound + visible }
    package var count: Int { visibleBias.upperBound }
}
