import Foundation

/// The system's words for an error number: "No space left on device".
package func systemWords(_ number: Int32 = errno) -> String {
    String(cString: strerror(number))
}

/// The same with a small first letter, for use inside a sentence.
package func systemReason(_ number: Int32 = errno) -> String {
    inSentence(systemWords(number))
}

/// A text with a small first letter.
package func inSentence(_ text: String) -> String {
    text.prefix(1).lowercased() + text.dropFirst()
}

/// The reason of an error, without a full stop: the system's words where the system refused, else the error's own.
package func reason(of error: any Error) -> String {
    if let failure = error as? AtomicFile.Failure { return failure.reason }
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let code = cause?.domain == NSPOSIXErrorDomain ? cause.map { Int32($0.code) } : nil
    // The first of Foundation's two sentences tells only that something failed, the second why.
    let words = (error as NSError).localizedFailureReason ?? (error as NSError).localizedDescription
    let text = code.map(systemWords) ?? words
    return text.hasSuffix(".") ? String(text.dropLast()) : text
}
