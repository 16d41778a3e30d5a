import CStimmungKernels
import StimmungTensors

extension BoltzmannMachine {
    /// E(x, h) of each frame with the hidden states of its row.
    ///
    /// - Parameter hidden: N × H.
    package func energies(_ windows: FrameWindows, hidden states: Matrix) -> [Double] {
        precondition(states.rows == windows.count && states.columns == hidden, "hidden states of N × H")
        var result: [Double] = []
        result.reserveCapacity(windows.count)
        let z = WorkingMemory()
        let m = WorkingMemory()
        inChunks(windows) { range, rows, products in
            reserve(z, m, range.count)
            products.hiddenInputs(range.count, rows, into: z.pointer)
            products.visibleBiases(range.count, rows, into: m.pointer)
            for (row, number) in range.enumerated() {
                let interaction = zip(0..<hidden, states.row(number)).reduce(0) {
                    $0 + Double(z.pointer[row * hidden + $1.0]) * Double($1.1)
                }
                result.append(visibleEnergy(rows + row * layout.stride, m.pointer + row * visible) - interaction)
            }
        }
        return result
    }

    /// F(x) of each frame, given its past.
    package func freeEnergies(_ windows: FrameWindows) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(windows.count)
        let z = WorkingMemory()
        let m = WorkingMemory()
        inChunks(windows) { range, rows, products in
            reserve(z, m, range.count)
            products.hiddenInputs(range.count, rows, into: z.pointer)
            products.visibleBiases(range.count, rows, into: m.pointer)
            ck_softplus(range.count * hidden, z.pointer, z.pointer)
            for row in 0..<range.count {
                let own = sum(z.pointer + row * hidden, hidden)
                result.append(visibleEnergy(rows + row * layout.stride, m.pointer + row * visible) - own)
            }
        }
        return result
    }

    private func reserve(_ z: WorkingMemory, _ m: WorkingMemory, _ rows: Int) {
        z.reserve(rows * hidden)
        m.reserve(rows * visible)
    }

    /// The energy's terms without hidden units: −b̃ᵀx or ½‖x − b̃‖². Both point at V numbers.
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
