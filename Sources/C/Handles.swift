import CStimmungInterface
import Synchronization

/// An object that C programs refer to by a handle.
protocol Handled: AnyObject, Sendable {
    /// For messages.
    static var kind: String { get }
}

/// The objects behind the handles that C programs have.
///
/// A handle is a number that is never used again and never dereferenced, so a freed or foreign one is an error.
enum Handles {
    private struct Table {
        var objects: [UInt: any Handled] = [:]
        var last: UInt = 0
    }

    private static let table = Mutex(Table())

    /// Handles are multiples of this, as addresses are.
    private static let step: UInt = 16

    static func add(_ object: some Handled) -> OpaquePointer? {
        table.withLock { table in
            table.last += step
            table.objects[table.last] = object
            return OpaquePointer(bitPattern: table.last)
        }
    }

    static func object<Object: Handled>(_ handle: OpaquePointer?, _ type: Object.Type = Object.self) throws(LibraryError) -> Object {
        guard let found = table.withLock({ $0.objects[UInt(bitPattern: handle)] }) as? Object else { throw .handle(kind: Object.kind) }
        return found
    }

    /// Removes the object, which lives until running calls have returned.
    static func remove<Object: Handled>(_ handle: OpaquePointer?, _ type: Object.Type) throws(LibraryError) {
        _ = try object(handle, type)
        // Another thread may have been first.
        guard table.withLock({ $0.objects.removeValue(forKey: UInt(bitPattern: handle)) }) != nil else { throw .handle(kind: Object.kind) }
    }
}
