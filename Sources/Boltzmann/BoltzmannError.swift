import StimmungSupport

/// Why a machine could not be trained or evaluated.
package enum BoltzmannError: StimmungError, Equatable {
    case nothingToLearnFrom
    /// An utterance (counted from 0) has another number of columns than the machine has visible units.
    case wrongWidth(utterance: Int, columns: Int, expected: Int)
    /// A frame of an utterance holds a NaN or an infinite number.
    case notANumber(utterance: Int, frame: Int, column: Int)
    /// A column that never changes cannot have been standardised.
    case constantColumn(Int)
    /// The learning options contradict themselves or the machine.
    case option(String, reason: String)
    /// Learning blew up in this epoch; the machine is as it was after the epoch before.
    case diverged(epoch: Int, reason: String)
    case stateDoesNotFit(reason: String)
    /// So many binary units are too many to sum over all their states.
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
        case .nothingToLearnFrom: "there is no frame to learn from"
        case .wrongWidth(let utterance, let columns, let expected):
            "utterance \(utterance) has \(columns) columns and the machine has \(expected) visible units; use the features that the machine was made for"
        case .notANumber(let utterance, let frame, let column):
            "column \(column) of frame \(frame) of utterance \(utterance) is not a finite number; look for silent or damaged recordings"
        case .constantColumn(let column):
            "column \(column) has the same value in all frames, so it cannot be standardised to variance 1; leave it out"
        case .option(let name, let reason): "\(name) \(reason)"
        case .diverged(let epoch, let reason):
            "learning diverged in epoch \(epoch): \(reason); lower the learning rate and standardise the features. The machine of the epoch before is kept"
        case .stateDoesNotFit(let reason): "the checkpoint does not fit this machine: \(reason); remove it to learn anew"
        case .tooManyToEnumerate(let units, let limit):
            "a sum over the states of \(units) units is too long (at most \(limit)); estimate it by annealed importance sampling"
        }
    }
}
