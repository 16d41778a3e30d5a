import Foundation

/// A sum over all states of one layer's binary units, given the biases of one frame, with the other layer summed or integrated out.
///
/// States follow a Gray code: each differs from the previous one in one unit, so the other layer's inputs change by one row of weights. The
/// sum is in double precision.
struct StateSum {
    /// The factor of the other layer, given a state of the enumerated units.
    private enum Other {
        /// Binary units with biases: Π (1 + e^input)
        case binary
        /// Gaussian units with means b̃ + u: (2π)^{V/2} e^{b̃ᵀu + ½‖u‖²}
        case gaussian
    }

    /// Whether the visible units are the enumerated ones.
    let listsVisible: Bool
    private let other: Other
    private let bias: [Double]
    private let otherBias: [Double]
    /// One row per enumerated unit.
    private let weights: [[Double]]

    static let limit = 24

    /// The number of units whose states would be enumerated.
    static func units(of machine: BoltzmannMachine) -> Int {
        machine.units == .gaussian ? machine.hidden : min(machine.visible, machine.hidden)
    }

    /// - Parameters:
    ///   - visibleBias: b̃, V.
    ///   - hiddenBias: c̃, H.
    init(_ machine: BoltzmannMachine, visibleBias: [Double], hiddenBias: [Double]) {
        let (v, h) = (machine.visible, machine.hidden)
        listsVisible = machine.units == .binary && v < h
        other = machine.units == .gaussian ? .gaussian : .binary
        bias = listsVisible ? visibleBias : hiddenBias
        otherBias = listsVisible ? hiddenBias : visibleBias
        let w = machine.parameters
        weights =
            listsVisible
            ? (0..<v).map { i in (0..<h).map { Double(w[i * h + $0]) } }
            : (0..<h).map { j in (0..<v).map { Double(w[$0 * h + j]) } }
    }

    /// Calls `body` for every state of the enumerated units, with the mean of the other layer and the logarithm of the state's weight.
    func forEach(_ body: (_ state: [Double], _ mean: [Double], _ logWeight: Double) -> Void) {
        var state = [Double](repeating: 0, count: bias.count)
        // Means of Gaussian units, inputs of binary ones.
        var input = otherBias
        var mean = otherBias
        var linear = 0.0
        for number in 0..<(1 << bias.count) {
            if number > 0 {
                let unit = number.trailingZeroBitCount
                let sign = state[unit] == 0 ? 1.0 : -1.0
                state[unit] += sign
                linear += sign * bias[unit]
                for i in input.indices { input[i] += sign * weights[unit][i] }
            }
            var logWeight = linear
            switch other {
            case .binary:
                for i in input.indices {
                    logWeight += softplus(input[i])
                    mean[i] = 1 / (1 + exp(-input[i]))
                }
            case .gaussian:
                // b̃ᵀu + ½‖u‖² = ½‖b̃ + u‖² − ½‖b̃‖²
                for i in input.indices {
                    logWeight += (input[i] * input[i] - otherBias[i] * otherBias[i] + log(2 * Double.pi)) / 2
                    mean[i] = input[i]
                }
            }
            body(state, mean, logWeight)
        }
    }

    /// ln Z
    func logPartition() -> Double {
        var (largest, total) = (-Double.infinity, 0.0)
        forEach { _, _, logWeight in
            if logWeight > largest {
                total = total * exp(largest - logWeight) + 1
                largest = logWeight
            } else {
                total += exp(logWeight - largest)
            }
        }
        return largest + log(total)
    }
}

/// ln(1 + e^x) in double precision.
func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
