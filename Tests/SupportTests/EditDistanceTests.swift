import StimmungSupport
import Testing

struct EditDistanceTests {
    @Test(
        arguments: [
            ("", "", 0), ("", "abc", 3), ("predict", "predict", 0), ("predcit", "predict", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
            ("Bär", "Bar", 1),
        ]) func editsAreCounted(a: String, b: String, edits: Int)
    {
        #expect(editDistance(a, b) == edits)
        #expect(editDistance(b, a) == edits)
    }

    @Test func aNearNameIsSuggested() {
        let names = ["predict", "pretrain", "train", "study"]
        #expect(suggestion(for: "predcit", among: names) == "predict")
        #expect(suggestion(for: "PREDICT", among: names) == "predict")
        #expect(suggestion(for: "tran", among: names) == "train")
        #expect(suggestion(for: "frobnicate", among: names) == nil)
        #expect(suggestion(for: "x", among: names) == nil)
        #expect(suggestion(for: "x", among: []) == nil)
    }
}
