import Foundation
import StimmungBoltzmann
import StimmungNetworks
import StimmungSupport

/// The stages of training a system, counted in epochs.
extension WorkProgress.Stage {
    package static let calibration = Self("calibration")

    /// A network of an ensemble, from 1.
    package static func network(_ number: Int) -> Self { number > 1 ? Self("training network \(number)") : .training }

    /// A Boltzmann machine of a stack, from 1 at the bottom.
    package static func machine(_ number: Int) -> Self { Self("machine \(number)") }

    /// A layer of the auto-encoder, from 1 at the bottom.
    package static func autoencoder(_ layer: Int) -> Self { Self("auto-encoder \(layer)") }
}

extension EpochReport {
    /// - Parameter network: its number in the ensemble, from 1.
    func progress(of epochs: Int, network: Int) -> WorkProgress {
        let validation = validationLoss.map { String(format: ", held out %.3f", $0) } ?? ""
        return WorkProgress(
            .network(network), epoch, of: epochs,
            detail: String(format: "loss %.3f%@, right %@", loss, validation, Percent.text(frameAccuracy)))
    }
}

extension LearningReport {
    /// - Parameter machine: its number in the stack, from 1.
    func progress(of epochs: Int, machine: Int) -> WorkProgress {
        let gap = freeEnergyGap.map { String(format: ", free-energy gap %.2f", $0) } ?? ""
        return WorkProgress(
            .machine(machine), epoch, of: epochs, detail: String(format: "reconstruction error %.3f%@", reconstructionError, gap))
    }
}
