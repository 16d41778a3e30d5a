import Foundation
import StimmungBoltzmann
import StimmungTensors

/// A machine with parameters large enough for every term of its energy to matter.
// More than five parameters: the sizes of a machine and the options of its random parameters, mostly with defaults.
func machine(_ units: VisibleUnits, visible: Int, hidden: Int, order: Int = 0, scale: Float = 0.5, seed: UInt64 = 1) -> BoltzmannMachine {
    var machine = BoltzmannMachine(visible: visible, hidden: hidden, units: units, order: order, seed: seed)
    var random = RandomSource(seed: seed)
    for i in machine.parameters.indices { machine.parameters[i] = scale * random.normal() }
    return machine
}

func normals(_ rows: Int, _ columns: Int, seed: UInt64, scale: Float = 1) -> Matrix {
    var random = RandomSource(seed: seed)
    return Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in scale * random.normal() })
}

func bits(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var random = RandomSource(seed: seed)
    return Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in random.uniform() < 0.5 ? 0 : 1 })
}

/// Random frames and pasts for a machine.
func windows(of machine: BoltzmannMachine, _ count: Int, seed: UInt64) -> FrameWindows {
    switch machine.units {
    case .binary:
        FrameWindows(frames: bits(count, machine.visible, seed: seed), past: bits(count, machine.past, seed: seed + 1))
    case .gaussian:
        FrameWindows(frames: normals(count, machine.visible, seed: seed), past: normals(count, machine.past, seed: seed + 1))
    }
}

/// All states of `count` binary units.
func states(_ count: Int) -> [[Double]] {
    (0..<1 << count).map { number in (0..<count).map { Double(number >> $0 & 1) } }
}

func logSumExp(_ x: [Double]) -> Double {
    let largest = x.max() ?? 0
    return largest + log(x.reduce(0) { $0 + exp($1 - largest) })
}

/// The energy from its definition, in double precision.
func referenceEnergy(_ machine: BoltzmannMachine, _ x: [Double], past: [Double], _ h: [Double]) -> Double {
    let (W, A, B, b, c) = (machine["W"], machine["A"], machine["B"], machine["b"], machine["c"])
    var energy = 0.0
    for i in x.indices {
        var bias = Double(b[0, i])
        for k in past.indices { bias += past[k] * Double(A[k, i]) }
        energy += machine.units == .binary ? -bias * x[i] : (x[i] - bias) * (x[i] - bias) / 2
        for j in h.indices { energy -= x[i] * Double(W[i, j]) * h[j] }
    }
    for j in h.indices {
        var bias = Double(c[0, j])
        for k in past.indices { bias += past[k] * Double(B[k, j]) }
        energy -= bias * h[j]
    }
    return energy
}

func doubles(_ row: ArraySlice<Float>) -> [Double] { row.map(Double.init) }

/// Whether two numbers agree within a tolerance, relative for numbers above 1.
func agree(_ a: Double, _ b: Double, _ tolerance: Double = 1e-5) -> Bool { abs(a - b) <= tolerance * max(1, abs(b)) }

let kinds: [(VisibleUnits, Int)] = [(.binary, 0), (.gaussian, 0), (.binary, 2), (.gaussian, 3)]
