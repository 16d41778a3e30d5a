import CStimmungInterface
import StimmungSupport

/// A mistake in a call of the library.
enum LibraryError: Equatable {
    /// The handle is NULL, was freed, or is of another kind.
    case handle(kind: String)
    /// The argument is NULL or out of range.
    case argument(String, reason: String)
    /// The options are not those of the function.
    case options(reason: String)
    /// The session is finished.
    case finished
    /// Another thread uses the session.
    case busy
    /// The address is not one that the library returned, or was freed.
    case block
    /// The system has no memory or descriptor left for samples.
    case memory(reason: String)
}

extension LibraryError: StimmungError {
    var code: String {
        switch self {
        case .handle: "library.handle"
        case .argument: "library.argument"
        case .options: "library.options"
        case .finished: "library.finished"
        case .busy: "library.busy"
        case .block: "library.block"
        case .memory: "library.memory"
        }
    }

    var description: String {
        switch self {
        case .handle(let kind): "The handle is not that of an open \(kind): it is NULL, was freed, or is of another kind."
        case .argument(let name, let reason): "The argument \(name) \(reason)."
        case .options(let reason): "The options are invalid: \(reason)."
        case .finished: "The session is finished. Open another one for more samples."
        case .busy: "Another thread uses the session. Use a session from one thread at a time."
        case .block: "The address was not returned by the library, or was freed before."
        case .memory(let reason): "The samples cannot be held in memory: \(reason). Free what is not needed, or use a session."
        }
    }

    var status: stimmung_status {
        switch self {
        case .handle: STIMMUNG_BAD_HANDLE
        case .argument, .options, .block: STIMMUNG_BAD_ARGUMENT
        case .finished: STIMMUNG_BAD_ORDER
        case .busy: STIMMUNG_BUSY
        case .memory: STIMMUNG_FAILED
        }
    }
}
