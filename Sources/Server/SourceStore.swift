import Stimmung
import Synchronization

/// What has been heard of each source, by name, in memory. Of many sources, those that were not used for the longest time are forgotten.
final class SourceStore: Sendable {
    /// A source is learnt by one model.
    struct Key: Hashable {
        let model: String
        let name: String
    }

    private struct Entry {
        var source: Source
        var lastUse: Int
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var uses = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// What has been heard; nil if nothing has.
    subscript(_ key: Key) -> Source? {
        state.withLock {
            $0.uses += 1
            $0.entries[key]?.lastUse = $0.uses
            return $0.entries[key]?.source
        }
    }

    /// Adds what has been heard.
    func add(_ heard: Source, to key: Key) {
        state.withLock { state in
            state.uses += 1
            let source = state.entries[key].map { $0.source.joined(with: heard) } ?? heard
            state.entries[key] = Entry(source: source, lastUse: state.uses)
            if state.entries.count > limit, let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
                state.entries[oldest.key] = nil
            }
        }
    }
}
