import Foundation
import Stimmung
import StimmungAudio
import Testing

struct ChannelChoiceTests {
    @Test("Each name selects its channel, and only each selects all of them")
    func selections() {
        let selections: [ChannelChoice: ChannelSelection] = [.mix: .mix, .first: .first, .louder: .louder]
        for choice in ChannelChoice.allCases {
            #expect(choice.selection == selections[choice])
            #expect(choice.batchChannels == (selections[choice].map { .one($0) } ?? .each))
        }
    }

    @Test("A choice of one channel has the same names without each")
    func single() throws {
        #expect(ChannelChoice.Single.allCases.map(\.rawValue) == ["mix", "first", "louder"])
        #expect(ChannelChoice.Single.allCases.map(\.selection) == [.mix, .first, .louder])
        #expect(ChannelChoice.Single(rawValue: "louder")?.selection == .louder && ChannelChoice.Single.mix.selection == .mix)
        #expect(ChannelChoice.Single(rawValue: "each") == nil && ChannelChoice.Single(rawValue: "last") == nil)
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(ChannelChoice.Single.self, from: Data(#""each""#.utf8)) }
        #expect("\(String(describing: error))".contains("mix, first, louder"))
    }
}
