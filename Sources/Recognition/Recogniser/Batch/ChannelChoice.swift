import StimmungAudio
import StimmungSupport

/// What is used of a recording with several channels, by the names that options and queries have for it.
package enum ChannelChoice: String, Choice, Sendable {
    case mix, first, louder
    /// Every channel on its own.
    case each

    /// The channel that is used; nil for every channel on its own.
    package var selection: ChannelSelection? {
        switch self {
        case .mix: .mix
        case .first: .first
        case .louder: .louder
        case .each: nil
        }
    }

    /// The same for a batch.
    package var batchChannels: BatchInput.Channels { selection.map { .one($0) } ?? .each }

    /// A choice of one channel, where a recording has one result.
    package struct Single: Choice, Hashable, Sendable {
        package let rawValue: String
        package let selection: ChannelSelection

        package static let mix = Single(.mix, .mix)
        package static let allCases = ChannelChoice.allCases.compactMap { choice in choice.selection.map { Single(choice, $0) } }

        package init?(rawValue: String) {
            guard let choice = ChannelChoice(rawValue: rawValue), let selection = choice.selection else { return nil }
            self.init(choice, selection)
        }

        private init(_ choice: ChannelChoice, _ selection: ChannelSelection) {
            rawValue = choice.rawValue
            self.selection = selection
        }
    }
}
