import Stimmung
import Testing
import Yams

/// Compares the decoder with that of Yams.
struct NodeDecoderTests {
    private struct Inner: Codable, Equatable {
        var a: Int?
        var b: [Double] = []
        var name = ""
    }

    private struct Outer: Codable, Equatable {
        var flag: Bool
        var inner: Inner
        var list: [Inner]
        var table: [String: Float]
        var nothing: String?
        var words: [[String]]
    }

    private let text = """
        flag: true
        inner: &first {a: 3, b: [1, 2.5, -1e3], name: "~"}
        list:
        - *first
        - {<<: *first, a: 4}
        - <<: [{a: 5, b: [], name: x}, *first]
          name: yes
        table: {x: 1, "y z": .inf}
        nothing: ~
        words: [[], [a, "1", null]]
        """

    @Test func valuesAreThoseOfYams() throws {
        let expected = try YAMLDecoder().decode(Outer.self, from: text)
        #expect(try NodeDecoder.decode(Outer.self, from: text) == expected)
        #expect(expected.list.map(\.a) == [3, 4, 5] && expected.list[2].name == "yes")
    }

    /// The kind of error and its place.
    @Test(arguments: [
        ("flag: true", "flag: 2"), ("a: 3", "a: three"), ("a: 3", "a: [3]"), ("[1, 2.5, -1e3]", "[1, x]"), ("[1, 2.5, -1e3]", "{}"),
        ("flag: true", "flags: true"), ("{x: 1, \"y z\": .inf}", "5"), ("flag: true", "flag:"), ("words: [[],", "words: [a,"),
    ])
    func errorsAreThoseOfYams(change: (old: String, new: String)) throws {
        let damaged = text.replacing(change.old, with: change.new)
        func fault(_ decode: () throws -> Outer) -> String {
            do {
                _ = try decode()
                return "none"
            } catch {
                let fault = YAMLFault(error)
                return "\(fault.place): \(fault.reason)"
            }
        }
        let found = fault { try NodeDecoder.decode(Outer.self, from: damaged) }
        #expect(found != "none" && found == fault { try YAMLDecoder().decode(Outer.self, from: damaged) })
    }
}
