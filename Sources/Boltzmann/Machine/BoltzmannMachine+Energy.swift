import CStimmungKernels
import StimmungTensors

extension BoltzmannMachine {
    /// E(x, h) of each of N frames with the hidden states of its row.
    ///
    /// - Parameter hidden: N × H.
    package func energies(_ windows: FrameWindows, hidden states: Matrix) -> [Double] {
        precondition(states.rows == windows.count && states.columns == hidden, "hidden states must be N × H")
        return visibleEnergies(windows) { range, z in
            range.enumerated().map { row, number in
                zip(0..<hidden, states.row(number)).reduce(0.0) { $0 + Double(z[row * hidden + $1.0]) * Double($1.1) }
            }
        }
    }

    /// F(x) of each frame, given its past.
    package func freeEnergies(_ windows: FrameWindows) -> [Double] {
        visibleEnergies(windows) { range, z in
            ck_softplus(range.count * hidden, z, z)
            return (0..<range.count).map { sum(z + $0 * hidden, hidden) }
        }
    }

    /// The energy's terms without hidden units for each frame, minus the results of `hiddenTerms`.
    ///
    /// - Parameter hiddenTerms: called with the numbers of a chunk of frames and their c̃ + x·W (a row of H values each), which it may
    ///   overwrite.
    private func visibleEnergies(
        _ windows: FrameWindows, less hiddenTerms: (_ range: Range<Int>, _ z: UnsafeMutablePointer<Float>) -> [Double]
    ) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(windows.count)
        let z = WorkingMemory()
        let m = WorkingMemory()
        inChunks(windows) { range, rows, products in
            z.reserve(range.count * hidden)
            m.reserve(range.count * visible)
            products.hiddenInputs(range.count, rows, into: z.pointer)
            products.visibleBiases(range.count, rows, into: m.pointer)
            for (row, term) in hiddenTerms(range, z.pointer).enumerated() {
                result.append(visibleEnergy(rows + row * layout.stride, m.pointer + row * visible) - term)
            }
        }
        return result
    }

    /// The energy's terms without hidden units: −b̃ᵀx or ½‖x − b̃‖². `x` and `bias` have V values each.
    private func visibleEnergy(_ x: UnsafePointer<Float>, _ bias: UnsafePointer<Float>) -> Double {
        var energy = 0.0
        for i in 0..<visible {
            let (x, bias) = (Double(x[i]), Double(bias[i]))
            energy += units == .binary ? -bias * x : (x - bias) * (x - bias) / 2
        }
        return energy
    }
}

/// The sum of `count` numbers, in double precision.
func sum(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
    var total = 0.0
    for i in 0..<count { total += Double(x[i]) }
    return total
}
