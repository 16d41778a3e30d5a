import StimmungSupport

/// Measurements after each epoch, on a sample of the frames.
struct LearningMonitor {
    private let training: [FrameWindows]
    private let heldOut: [FrameWindows]
    private let workers: Workers

    /// - Parameter frames: size of the sample; its frames are evenly spaced.
    init(_ data: LearningData, _ heldOut: LearningData?, frames: Int, workers: Workers) {
        training = Self.chunks(data.windows.thinned(to: frames))
        self.heldOut = heldOut.map { Self.chunks($0.windows.thinned(to: frames)) } ?? []
        self.workers = workers
    }

    /// Pieces of work, independent of the number of threads.
    private static func chunks(_ windows: FrameWindows) -> [FrameWindows] {
        stride(from: 0, to: windows.count, by: 256).map { windows.part($0..<min($0 + 256, windows.count)) }
    }

    func report(_ machine: BoltzmannMachine, epoch: Int, reconstructionError: Double) -> LearningReport {
        let gap = heldOut.isEmpty ? nil : meanFreeEnergy(machine, training) - meanFreeEnergy(machine, heldOut)
        return LearningReport(
            epoch: epoch, reconstructionError: reconstructionError,
            predictionError: machine.order > 0 ? predictionError(machine, heldOut.isEmpty ? training : heldOut) : nil, freeEnergyGap: gap)
    }

    private func meanFreeEnergy(_ machine: BoltzmannMachine, _ chunks: [FrameWindows]) -> Double {
        let sums = workers.share(chunks.count) { machine.freeEnergies(chunks[$0]).reduce(0, +) }
        return sums.reduce(0, +) / Double(chunks.reduce(0) { $0 + $1.count })
    }

    private func predictionError(_ machine: BoltzmannMachine, _ chunks: [FrameWindows]) -> Double {
        let sums = workers.share(chunks.count) { number in
            let frames = chunks[number].frames
            return zip(frames.elements, machine.predictions(chunks[number]).elements).reduce(0.0) {
                $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
            }
        }
        return sums.reduce(0, +) / Double(chunks.reduce(0) { $0 + $1.count } * machine.visible)
    }
}
