import Foundation

/// A sum over all states of one side's binary units, given one frame's biases, the other side summed or integrated out.
///
/// States follow a Gray code, so that each differs from the one before in one unit and the other side's inputs change by one row of weights.
/// In double precision.
struct StateSum {
    /// The factor of the other side, given a state of the outer units.
    private enum Other {
        /// Binary units with biases: Π (1 + e^input)
        case binary
        /// Gaussian units with means b̃ + input: (2π)^{V/2} e^{b̃ᵀu + ½‖u‖²}, u the input without b̃
        case gaussian
    }

    /// Whether the visible units are those whose states are listed.
    let listsVisible: Bool
    private let other: Other
    private let bias: [Double]
    private let otherBias: [Double]
    /// A row for each outer unit.
    private let weights: [[Double]]

    static let limit = 24

    /// The number of units whose states would be listed.
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

    /// Calls `body` for every state: the outer units, the other side's mean given them, and the logarithm of the state's weight.
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
