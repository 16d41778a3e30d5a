import Foundation
import Stimmung
import StimmungSupport

/// Recognises the emotion of a recording with the built-in model.
///
///     swift run -c release recognise call.mp3
@main
struct Recognise {
    static func main() {
        guard CommandLine.arguments.count == 2 else { fail("usage: recognise FILE") }
        do {
            let recogniser = try Recogniser(Model.builtIn())
            let prediction = try recogniser.predict(path: CommandLine.arguments[1])
            guard let label = prediction.label, let confidence = prediction.confidence else { return print("no speech") }
            print("\(label) (\(String(format: "%.2f", confidence)))")
            for entry in prediction.probabilities { print("  \(entry.label): \(String(format: "%.3f", entry.probability))") }
        } catch let error as any StimmungError {
            // `code` identifies the kind of error for programs; the description is for users.
            fail("\(error.code): \(error)")
        } catch { fail("\(error)") }
    }

    static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data("\(message)\n".utf8))
        exit(1)
    }
}
