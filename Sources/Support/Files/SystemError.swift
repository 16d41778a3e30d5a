import Foundation

/// The system's own words for an error number: "No space left on device".
package func systemWords(_ number: Int32 = errno) -> String {
    String(cString: strerror(number))
}

/// The same with a small first letter, to be used inside a sentence.
package func systemReason(_ number: Int32) -> String {
    let text = systemWords(number)
    return text.prefix(1).lowercased() + text.dropFirst()
}

/// The system's words for an error of Foundation, without a full stop.
package func reason(of error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let code = cause?.domain == NSPOSIXErrorDomain ? cause.map { Int32($0.code) } : nil
    // Of Foundation's two sentences the first says only that something failed, the second why.
    let words = (error as NSError).localizedFailureReason ?? (error as NSError).localizedDescription
    let text = code.map(systemWords) ?? words
    return text.hasSuffix(".") ? String(text.dropLast()) : text
}
