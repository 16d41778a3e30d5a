import Stimmung
import StimmungFeatures
import Testing

/// Numbers of the core schema of YAML 1.2.
struct YAMLNumberTests {
    private func recipe(_ training: String) throws -> Recipe {
        try Recipe(parsing: "name: x\nnetwork: [{lstm: 8}]\ntraining: {\(training)}\n", file: "x.yaml")
    }

    @Test(arguments: [
        ("010", 10), ("0o20", 16), ("0x10", 16), ("+7", 7), ("1e2", 100), ("1.6e1", 16), ("16.0", 16), ("0012", 12), ("12", 12),
    ])
    func wholeNumbers(_ text: String, value: Int) throws {
        #expect(try recipe("batch: \(text)").training.batch == value)
    }

    @Test(arguments: [
        "1:30", "1_6", "0b11", "1e-1", "1.5", "0o9", "1e99", "'16'", "0x", "9999999999999999999999", "1__0", "16 ", "1e", "1e+", ".", "-",
        "+.e1", "1 6", "１６",
    ])
    func textsAreNotWholeNumbers(_ text: String) throws {
        if text == "16 " {
            #expect(try recipe("batch: \(text)").training.batch == 16)
            return
        }
        let error = try #require(throws: RecipeError.self) { try recipe("batch: \(text)") }
        #expect("\(error)".contains("training.batch") && "\(error)".contains("whole number"), "\(error)")
    }

    @Test(arguments: [("1e-3", 0.001), (".5", 0.5), ("5.e-1", 0.5), ("05e-1", 0.5), ("1", 1), ("+.5e0", 0.5), ("1E-3", 0.001)])
    func otherNumbers(_ text: String, value: Float) throws {
        #expect(try recipe("learningRate: \(text)").training.learningRate == value)
    }

    @Test(arguments: ["0:01", "0.0_1", "0x1p-3", "nan", "inf", "1,5", "0.1.2", "-.inf", ".NaN", "Infinity"])
    func textsAreNotOtherNumbers(_ text: String) throws {
        #expect(throws: RecipeError.self) { try recipe("learningRate: \(text)") }
    }

    @Test func aNameThatLooksLikeANumberStaysAsWritten() throws {
        for name in ["010", "1e3", "1_6", "0x10"] {
            let recipe = try Recipe(parsing: "name: \(name)\nnetwork: [{lstm: 8}]\n", file: "x.yaml")
            #expect(recipe.name == name)
            #expect(try Recipe(parsing: recipe.yaml, file: "again").name == name)
        }
    }

    @Test func settingsHaveTheSameNumbers() throws {
        var options = FeatureOptions()
        try options.set(["sampleRate=016e3"])
        #expect(options.sampleRate == 16_000)
        #expect(throws: RecipeError.self) { try options.set(["sampleRate=16_000"]) }
    }
}
