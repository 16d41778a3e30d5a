// A file of its own: the protocol that all modules conform to.

import Foundation

/// An error of this package: a value with the facts and a code that programs can compare.
///
///     do { … } catch let error as any StimmungError {
///         log(error.code, error.description)      // "audio.truncated", "call.wav is truncated: …"
///     }
///
/// `description` names the file, the cause and a remedy. It names no command-line options; the command adds those. A code is `module.case`
/// in lower case with hyphens. Codes are stable across versions; descriptions may change.
public protocol StimmungError: LocalizedError, CustomStringConvertible, Sendable {
    /// The kind of error, for programs, such as `audio.truncated`.
    var code: String { get }
}

extension StimmungError {
    /// The description, for Foundation.
    public var errorDescription: String? { description }
}

/// An error that can be caused by the arguments of the program, such as an option out of range, rather than by its data.
package protocol UsageError: Error {
    var isUsage: Bool { get }
}
