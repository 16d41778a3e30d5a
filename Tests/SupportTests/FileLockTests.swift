import Foundation
import StimmungSupport
import StimmungTestSupport
import Testing

struct FileLockTests {
    @Test func oneHasIt() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("journal")
        do {
            let lock = try FileLock(path: path)
            #expect(throws: FileLock.Failure.inUse(path: path)) { try FileLock(path: path) }
            #expect(write(lock.descriptor, "a", 1) == 1)
        }
        _ = try FileLock(path: path, isTemporary: true)
        #expect(folder.names.isEmpty)
        #expect(throws: FileLock.Failure.unusable(path: folder.path, reason: "Is a directory")) { try FileLock(path: folder.path) }
    }

    /// However many begin at once on a file that is not there: never two at a time, and none waits.
    @Test func neverTwoAtATime() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("lock")
        let owners = folder.file("owners")
        Workers(threads: 8).forEach(400) { _ in
            guard let lock = try? FileLock(path: path, isTemporary: true) else { return }
            // Fails where another is within.
            #expect(mkdir(owners, 0o700) == 0)
            rmdir(owners)
            withExtendedLifetime(lock) {}
        }
        #expect(folder.names.isEmpty)
    }
}
