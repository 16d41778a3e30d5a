import StimmungAudio
import StimmungFeatures

/// An altered copy of a recording: of another voice, room or line, or a part of it. As text its changes are joined by `+`, in the order in which they happen:
/// `speed=0.9`, `warp=1.08`, `room=0.4+noise=20+telephone`.
///
/// `warp` is the front end's: it moves the mel bands as another length of the vocal tract would (`FeatureOptions.warp`). All others change the
/// samples (`Alteration`).
public struct RecordingCopy: Sendable, Hashable {
    package var alterations: [Alteration]
    /// 1 leaves the bands where they are.
    package var warp: Double

    package init(_ alterations: [Alteration] = [], warp: Double = 1) {
        self.alterations = alterations
        self.warp = warp
    }

    /// - Throws: `AudioError` where the text names no change, or a value that is not allowed.
    public init(parsing text: String) throws(AudioError) {
        self.init()
        for part in Alteration.parts(of: text) {
            if part.hasPrefix("warp="), let value = Double(part.dropFirst(5)) {
                warp = value
            } else {
                alterations.append(try Alteration(part))
            }
        }
    }

    /// - Throws: `RecipeError` where nothing is changed, `FeatureError` for a factor that the bands cannot be moved by.
    package func validate() throws {
        if alterations.isEmpty, warp == 1 {
            throw RecipeError.value(key: "augmentation", value: "a copy without a change", allowed: "such as speed=0.9 or warp=1.08")
        }
        var options = FeatureOptions()
        options.warp = warp
        try options.validate()
    }
}

extension RecordingCopy: CustomStringConvertible {
    public var description: String {
        (alterations.map(\.description) + (warp == 1 ? [] : ["warp=\(warp)"])).joined(separator: "+")
    }
}

extension RecordingCopy: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do { self = try RecordingCopy(parsing: text) } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
