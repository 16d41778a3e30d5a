import StimmungAudio
import StimmungFeatures

/// An altered copy of a recording for data augmentation: a different voice, room or line, or a part of the recording.
///
/// As text, alterations are joined by `+` in the order in which they are applied: `speed=0.9`, `warp=1.08`, `room=0.4+noise=20+telephone`.
/// `warp` shifts the mel bands of the front end as a different vocal tract length would. All other alterations change the samples.
public struct RecordingCopy: Sendable, Hashable {
    package var alterations: [Alteration]
    /// Factor of the mel bands' frequencies; 1 leaves them unchanged.
    package var warp: Double

    package init(_ alterations: [Alteration] = [], warp: Double = 1) {
        self.alterations = alterations
        self.warp = warp
    }

    /// Parses alterations from a text such as `room=0.4+noise=20`.
    ///
    /// - Throws: `AudioError.badAlteration` if an alteration is unknown or its value is out of range.
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

    /// - Throws: `RecipeError.value` if the copy is unaltered, `FeatureError.option` if `warp` is out of range.
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
