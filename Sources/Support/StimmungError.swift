// A file of its own: the protocol that all modules conform to.

import Foundation

/// An error of this package: a value that holds the facts, with a code that programs can compare.
///
///     do { … } catch let error as any StimmungError {
///         log(error.code, error.description)      // "audio.truncated", "call.wav is truncated: …"
///     }
///
/// `description` names the file, the cause and what can be done about it, without the names of command-line options: those are added by the
/// command. A code is `module.case` in lower case with hyphens; it stays the same from one version to the next, the description may change.
public protocol StimmungError: LocalizedError, CustomStringConvertible, Sendable {
    /// What kind of error it is, for programs: `audio.truncated`.
    var code: String { get }
}

extension StimmungError {
    /// The description, for Foundation.
    public var errorDescription: String? { description }
}

/// An error that can lie in how the program was called, such as an option out of its range, and not in what the work met.
package protocol UsageError: Error {
    var isUsage: Bool { get }
}
