import StimmungSupport

/// A machine could not be trained or evaluated.
package enum BoltzmannError: StimmungError, Equatable {
    case nothingToLearnFrom
    /// The number of columns of an utterance (counted from 0) differs from the machine's number of visible units.
    case wrongWidth(utterance: Int, columns: Int, expected: Int)
    /// A frame of an utterance contains NaN or an infinite number.
    case notANumber(utterance: Int, frame: Int, column: Int)
    /// A column is constant, so it cannot be standardised.
    case constantColumn(Int)
    /// A learning option is invalid, or does not suit the machine.
    case option(String, reason: String)
    /// Learning diverged in this epoch; the machine is as after the previous epoch.
    case diverged(epoch: Int, reason: String)
    case stateDoesNotFit(reason: String)
    /// A sum over all states of this many binary units would take too long.
    case tooManyToEnumerate(units: Int, limit: Int)

    package var code: String {
        switch self {
        case .nothingToLearnFrom: "boltzmann.nothing-to-learn-from"
        case .wrongWidth: "boltzmann.wrong-width"
        case .notANumber: "boltzmann.not-a-number"
        case .constantColumn: "boltzmann.constant-column"
        case .option: "boltzmann.option"
        case .diverged: "boltzmann.diverged"
        case .stateDoesNotFit: "boltzmann.state-does-not-fit"
        case .tooManyToEnumerate: "boltzmann.too-many-to-enumerate"
        }
    }

    package var description: String {
        switch self {
        case .nothingToLearnFrom: "there are no frames to learn from"
        case .wrongWidth(let utterance, let columns, let expected):
            "utterance \(utterance) has \(columns) columns, but the machine has \(expected) visible units; use the features that the machine was trained on"
        case .notANumber(let utterance, let frame, let column):
            "utterance \(utterance), frame \(frame), column \(column): not a finite number; check for silent or damaged recordings"
        case .constantColumn(let column):
            "column \(column) has the same value in all frames and cannot be standardised to variance 1; leave it out"
        case .option(let name, let reason): "\(name) \(reason)"
        case .diverged(let epoch, let reason):
            "learning diverged in epoch \(epoch): \(reason); lower the learning rate and standardise the features. The machine of the previous epoch is kept"
        case .stateDoesNotFit(let reason): "the checkpoint does not match this machine: \(reason); delete it to start again"
        case .tooManyToEnumerate(let units, let limit):
            "the states of \(units) units are too many to enumerate (at most \(limit) units); estimate the sum by annealed importance sampling"
        }
    }
}
