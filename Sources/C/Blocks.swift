import CStimmungInterface
import Foundation
import Synchronization

/// Memory that C programs free: text and values that the library returns.
enum Blocks {
    private static let addresses = Mutex<Set<UInt>>([])

    static func make(_ text: String) -> UnsafeMutablePointer<CChar>? {
        Array(text.utf8CString).withUnsafeBytes { make($0) }?.assumingMemoryBound(to: CChar.self)
    }

    static func make(_ values: [Float]) -> UnsafeMutablePointer<Float>? {
        values.withUnsafeBytes { make($0) }?.assumingMemoryBound(to: Float.self)
    }

    private static func make(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer? {
        guard let block = malloc(max(1, bytes.count)) else { return nil }
        if let base = bytes.baseAddress { memcpy(block, base, bytes.count) }
        addresses.withLock { _ = $0.insert(UInt(bitPattern: block)) }
        return block
    }

    static func free(_ block: UnsafeMutableRawPointer) throws(LibraryError) {
        guard addresses.withLock({ $0.remove(UInt(bitPattern: block)) }) != nil else { throw .block }
        Foundation.free(block)
    }
}

/// Frees a block; NULL is allowed.
@_cdecl("stimmung_free")
public func freeBlock(_ block: UnsafeMutableRawPointer?) -> stimmung_status {
    call { if let block { try Blocks.free(block) } }
}
