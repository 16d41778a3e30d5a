import Foundation
import StimmungBoltzmann
import StimmungTensors
import Testing

/// Checks the computations of small machines against sums over all states, from the definition of the energy.
struct ExactTests {
    @Test(arguments: kinds) func energiesAndFreeEnergies(units: VisibleUnits, order: Int) {
        let machine = machine(units, visible: 7, hidden: 8, order: order)
        let windows = windows(of: machine, 5, seed: 2)
        let h = bits(5, 8, seed: 3)
        let (energies, free) = (machine.energies(windows, hidden: h), machine.freeEnergies(windows))
        for row in 0..<5 {
            let (x, past) = (doubles(windows.frames.row(row)), doubles(windows.past.row(row)))
            #expect(agree(energies[row], referenceEnergy(machine, x, past: past, doubles(h.row(row)))))
            let reference = -logSumExp(states(8).map { -referenceEnergy(machine, x, past: past, $0) })
            #expect(agree(free[row], reference))
        }
    }

    @Test(arguments: kinds) func hiddenConditional(units: VisibleUnits, order: Int) {
        let machine = machine(units, visible: 6, hidden: 5, order: order)
        let windows = windows(of: machine, 4, seed: 5)
        let probabilities = machine.hiddenProbabilities(windows)
        for row in 0..<4 {
            let (x, past) = (doubles(windows.frames.row(row)), doubles(windows.past.row(row)))
            let all = states(5)
            let energies = all.map { -referenceEnergy(machine, x, past: past, $0) }
            let whole = logSumExp(energies)
            for j in 0..<5 {
                let on = zip(all, energies).filter { $0.0[j] == 1 }.reduce(0) { $0 + exp($1.1 - whole) }
                #expect(agree(Double(probabilities[row, j]), on))
            }
        }
    }

    /// Binary units: a sum over the visible states. Gaussian units: the mean minimises the energy, whose curvature is 1.
    @Test(arguments: kinds) func visibleConditional(units: VisibleUnits, order: Int) {
        let machine = machine(units, visible: 5, hidden: 4, order: order)
        let windows = windows(of: machine, 3, seed: 7)
        let h = bits(3, 4, seed: 8)
        let means = machine.visibleMeans(hidden: h, windows)
        for row in 0..<3 {
            let (past, state) = (doubles(windows.past.row(row)), doubles(h.row(row)))
            switch units {
            case .binary:
                let all = states(5)
                let energies = all.map { -referenceEnergy(machine, $0, past: past, state) }
                let whole = logSumExp(energies)
                for i in 0..<5 {
                    let on = zip(all, energies).filter { $0.0[i] == 1 }.reduce(0) { $0 + exp($1.1 - whole) }
                    #expect(agree(Double(means[row, i]), on))
                }
            case .gaussian:
                let mean = doubles(means.row(row))
                let least = referenceEnergy(machine, mean, past: past, state)
                for i in 0..<5 {
                    for step in [-1.0, 1.0] {
                        var moved = mean
                        moved[i] += step
                        #expect(agree(referenceEnergy(machine, moved, past: past, state) - least, 0.5))
                    }
                }
            }
        }
    }

    /// Both with more visible than hidden units and with fewer.
    @Test(arguments: [(12, 9), (6, 11)], [0, 2]) func logPartitionOfBinaryUnits(sizes: (Int, Int), order: Int) throws {
        let machine = machine(.binary, visible: sizes.0, hidden: sizes.1, order: order)
        let windows = windows(of: machine, 2, seed: 9)
        let logZ = try machine.logPartitions(windows)
        for row in 0..<2 {
            let past = doubles(windows.past.row(row))
            let all = FrameWindows(
                frames: Matrix(rows: 1 << sizes.0, columns: sizes.0, elements: states(sizes.0).flatMap { $0.map { Float($0) } }),
                past: Matrix(rows: 1 << sizes.0, columns: machine.past, elements: states(sizes.0).flatMap { _ in past.map { Float($0) } }))
            let free = machine.freeEnergies(all)
            #expect(agree(logZ[row], logSumExp(free.map { -$0 })))
            // The probabilities of all states sum to 1.
            let total = try machine.logLikelihoods(all).reduce(0) { $0 + exp($1) }
            #expect(abs(total - 1) < 1e-5)
        }
    }

    /// The density integrates to 1 over a fine grid of two Gaussian visible units.
    @Test(arguments: [0, 2]) func densityOfGaussianUnits(order: Int) throws {
        let machine = machine(.gaussian, visible: 2, hidden: 4, order: order)
        let past = normals(1, machine.past, seed: 3, scale: 0.5)
        let step: Float = 0.1
        let grid = stride(from: Float(-12), to: 12, by: step).map { $0 }
        let points = grid.flatMap { x in grid.flatMap { [x, $0] } }
        let count = grid.count * grid.count
        let windows = FrameWindows(
            frames: Matrix(rows: count, columns: 2, elements: points),
            past: Matrix(rows: count, columns: machine.past, elements: (0..<count).flatMap { _ in past.elements }))
        let logZ = try machine.logPartitions(windows.part(0..<1))[0]
        let total = machine.freeEnergies(windows).reduce(0) { $0 + exp(-$1 - logZ) } * Double(step * step)
        #expect(abs(total - 1) < 1e-5)
    }

    @Test(arguments: kinds) func logLikelihoodGradient(units: VisibleUnits, order: Int) throws {
        let machine = machine(units, visible: 4, hidden: 5, order: order, scale: 0.3)
        let windows = windows(of: machine, 6, seed: 4)
        let gradient = try machine.logLikelihoodGradient(windows)
        func value(_ parameters: [Float]) throws -> Double {
            var moved = machine
            moved.parameters = parameters
            // Double precision throughout: the differences are below single precision.
            let logZ = try moved.logPartitions(windows)
            return (0..<6).reduce(0.0) { sum, row in
                let (x, past) = (doubles(windows.frames.row(row)), doubles(windows.past.row(row)))
                return sum + logSumExp(states(5).map { -referenceEnergy(moved, x, past: past, $0) }) - logZ[row]
            } / 6
        }
        for i in gradient.indices {
            var (above, below) = (machine.parameters, machine.parameters)
            above[i] += 1e-3
            below[i] -= 1e-3
            let numeric = try (value(above) - value(below)) / Double(above[i] - below[i])
            #expect(agree(gradient[i], numeric), "parameter \(i): \(gradient[i]) and \(numeric)")
        }
    }

    @Test func largeMachinesAreNotEnumerated() {
        let machine = machine(.gaussian, visible: 3, hidden: 25)
        #expect(throws: BoltzmannError.tooManyToEnumerate(units: 25, limit: 24)) { try machine.logPartition() }
    }

    @Test(arguments: kinds) func annealedImportanceSampling(units: VisibleUnits, order: Int) throws {
        let machine = machine(units, visible: 10, hidden: 12, order: order, scale: 0.4)
        let windows = windows(of: machine, 1, seed: 3)
        let exact = try machine.logPartitions(windows)[0]
        let estimate = machine.annealedLogPartitions(windows, chains: 300, temperatures: 1000, seed: 1)[0]
        #expect(abs(estimate.logPartition - exact) < 0.1, "\(estimate) for \(exact)")
        #expect(estimate.standardError < 0.05)
        #expect(abs(estimate.logPartition - exact) < 3 * estimate.standardError + 1e-3, "\(estimate) for \(exact)")
    }
}
