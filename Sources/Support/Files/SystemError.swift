import Foundation

/// The system's message for an error number: "No space left on device".
package func systemWords(_ number: Int32 = errno) -> String {
    String(cString: strerror(number))
}

/// The same with a lower-case first letter, for use inside a sentence.
package func systemReason(_ number: Int32 = errno) -> String {
    inSentence(systemWords(number))
}

/// A text with a lower-case first letter.
package func inSentence(_ text: String) -> String {
    text.prefix(1).lowercased() + text.dropFirst()
}

/// The reason of an error, without a full stop: the system's message if there is one, otherwise the error's own. Foundation's messages are not used,
/// because they consist of domains and numbers.
package func reason(of error: any Error) -> String {
    switch error {
    case let failure as AtomicFile.Failure: return failure.reason
    case let failure as Files.Failure: return failure.reason
    case let failure as any StimmungError:
        return failure.description.hasSuffix(".") ? String(failure.description.dropLast()) : failure.description
    default:
        let error = error as NSError
        let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
        if cause.domain == NSPOSIXErrorDomain { return systemWords(Int32(cause.code)) }
        switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: return systemWords(ENOENT)
        case .fileReadNoPermission, .fileWriteNoPermission: return systemWords(EACCES)
        case .fileWriteOutOfSpace: return systemWords(ENOSPC)
        default: return "the system gives no reason"
        }
    }
}
