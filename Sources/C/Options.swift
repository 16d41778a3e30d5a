import Foundation
import Stimmung
import StimmungFeatures
import StimmungSupport

/// The options of a function: a JSON object that accepts known keys only.
protocol Options: Decodable {
    init()
}

extension Options {
    /// - Parameter json: NULL for the defaults.
    init(_ json: UnsafePointer<CChar>?) throws(LibraryError) {
        guard let json else {
            self.init()
            return
        }
        do { self = try JSONDecoder().decode(Self.self, from: Data(String(cString: json).utf8)) } catch let error as LibraryError {
            throw error
        } catch {
            throw .options(reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        let context: DecodingError.Context? =
            switch error {
            case .dataCorrupted(let context), .typeMismatch(_, let context), .keyNotFound(_, let context), .valueNotFound(_, let context):
                context
            @unknown default: nil
            }
        guard let context else { return "\(error)" }
        if context.underlyingError != nil, context.codingPath.isEmpty { return "they are not a JSON object" }
        let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        var reason = context.debugDescription
        if reason.hasSuffix(".") { reason.removeLast() }
        return place.isEmpty ? reason : "\(place): \(reason)"
    }
}

/// The options of `stimmung_model_open`.
struct ModelOptions: Options {
    var voice: String?
    var reject: Double?

    private enum Key: String, CodingKey, CaseIterable { case voice, reject }

    init() {}

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: Key.self)
        try keys.update(&voice, forKey: .voice)
        try keys.update(&reject, forKey: .reject)
    }
}

/// The options of the functions that recognise recordings.
struct PredictionOptions: Options {
    var timeline = false
    var window: Double?
    var channels = ChannelChoice.mix
    var affect = false
    var threads = 1

    private enum Key: String, CodingKey, CaseIterable { case timeline, window, channels, affect, threads }

    init() {}

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: Key.self)
        try keys.update(&timeline, forKey: .timeline)
        try keys.update(&window, forKey: .window)
        try keys.update(&channels, forKey: .channels)
        try keys.update(&affect, forKey: .affect)
        try keys.update(&threads, forKey: .threads)
        if let window, !(0.1...86_400).contains(window) {
            throw LibraryError.options(reason: "window is \(window); it must be 0.1 to 86400 seconds")
        }
        if window != nil, !timeline { throw LibraryError.options(reason: "window needs timeline") }
        guard (1...1024).contains(threads) else { throw LibraryError.options(reason: "threads is \(threads); it must be 1 to 1024") }
    }

    /// How recordings are cut; nil for one decision each.
    var cutting: Timeline? { timeline ? Timeline(window: window) : nil }

    /// - Throws: `LibraryError.options` for every channel on its own, which is not one result.
    func requireOneChannel() throws(LibraryError) {
        guard channels != .each else { throw .options(reason: "channels: each needs stimmung_predict_files") }
    }
}

/// The options of the functions that compute features: those of `stimmung features`.
struct FeatureSettings: Options {
    var kinds: [FeatureKind]?
    var deltas: Int?
    var set: [String] = []
    var channels = ChannelChoice.Single.mix

    private enum Key: String, CodingKey, CaseIterable { case kinds, deltas, set, channels }

    init() {}

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: Key.self)
        kinds = try keys.decodeIfPresent(listOf: FeatureKind.self, forKey: .kinds)
        try keys.update(&deltas, forKey: .deltas)
        try keys.update(&set, forKey: .set)
        try keys.update(&channels, forKey: .channels)
    }
}
