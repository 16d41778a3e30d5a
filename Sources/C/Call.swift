import CStimmungInterface
import Foundation
import Stimmung
import StimmungFeatures
import StimmungSpeech
import StimmungSupport

/// Text that the caller passes: UTF-8, zero-terminated.
public typealias CText = UnsafePointer<CChar>
/// Several of them.
public typealias TextList = UnsafePointer<CText?>
/// Where the caller wants text, which it frees.
public typealias TextPlace = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Runs the body of a C function: errors become a status, and the thread's last error.
///
/// Asynchronous signals are blocked until the body returns, on this thread and on threads that it starts, so that a handler of the caller
/// interrupts neither a read nor a wait for a decoder.
func call(_ body: () throws -> Void) -> stimmung_status {
    var signals = sigset_t()
    var before = sigset_t()
    sigfillset(&signals)
    for number in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] { sigdelset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    do {
        try body()
        return STIMMUNG_OK
    } catch {
        csi_set_error((error as? any StimmungError)?.code ?? "library.failed", "\(error)")
        return status(of: error)
    }
}

private func status(of error: any Error) -> stimmung_status {
    switch error {
    case let error as LibraryError: error.status
    case RecogniserError.option, RecogniserError.reservedLabel, FeatureError.option, RecipeError.setting, SpeechError.option:
        STIMMUNG_BAD_ARGUMENT
    case let error as any UsageError where error.isUsage: STIMMUNG_BAD_ARGUMENT
    default: STIMMUNG_FAILED
    }
}

/// The text of a C string.
func text(_ argument: CText?, _ name: String) throws(LibraryError) -> String {
    guard let argument else { throw .argument(name, reason: "is NULL") }
    return PathBytes.string(from: argument)
}

/// The texts of an array of C strings.
func texts(_ argument: TextList?, count: Int, _ name: String) throws(LibraryError) -> [String] {
    guard count >= 0 else { throw .argument(name, reason: "has too many elements") }
    guard count > 0 else { return [] }
    guard let argument else { throw .argument(name, reason: "is NULL") }
    // The element is named, since the caller has many.
    return try (0..<count).map { (index) throws(LibraryError) in try text(argument[index], "\(name)[\(index)]") }
}

/// The place of a result, which is empty until there is one.
func result<Value>(
    _ argument: UnsafeMutablePointer<Value>?, _ name: String, empty: Value
) throws(LibraryError) -> UnsafeMutablePointer<Value> {
    guard let argument else { throw .argument(name, reason: "is NULL") }
    argument.pointee = empty
    return argument
}
