import CStimmungInterface
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import Synchronization

/// Computes the features of a recording.
@_cdecl("stimmung_features")
public func features(_ path: CText?, _ options: CText?, _ table: UnsafeMutablePointer<stimmung_table>?) -> stimmung_status {
    call {
        let place = try result(table, "table", empty: stimmung_table())
        let settings = try FeatureSettings(options)
        let segment = AudioSegment(path: try text(path, "path"), channel: settings.channels.selection)
        place.pointee = stimmung_table(try FrontEnds.frontEnd(settings).cancellableFeatures(of: segment))
    }
}

/// Computes the features of samples.
@_cdecl("stimmung_features_samples")
public func featuresOfSamples(
    _ audio: UnsafePointer<stimmung_audio>?, _ options: CText?, _ table: UnsafeMutablePointer<stimmung_table>?
) -> stimmung_status {
    call {
        let place = try result(table, "table", empty: stimmung_table())
        let frontEnd = try FrontEnds.frontEnd(FeatureSettings(options))
        let file = try SampleFile(audio)
        do { place.pointee = stimmung_table(try frontEnd.cancellableFeatures(of: AudioSegment(path: file.path))) } catch {
            throw BatchInput.Recording(path: file.path, name: "The recording").naming(error, channel: nil)
        }
        withExtendedLifetime(file) {}
    }
}

/// Stops the computations of features that are running.
@_cdecl("stimmung_features_cancel")
public func cancelFeatures() -> stimmung_status { call { computations.cancel() } }

/// The calls that compute features.
private let computations = RunningCalls()

extension FrontEnd {
    /// - Throws: `FeatureError`, `Cancelled`.
    fileprivate func cancellableFeatures(of recording: AudioSegment) throws -> Matrix {
        try featuresWithWarnings(of: recording, cancellation: computations.cancellation).features
    }
}

/// The columns of features, and the times of their frames.
@_cdecl("stimmung_features_layout")
public func featuresLayout(_ options: CText?, _ json: TextPlace?) -> stimmung_status {
    call {
        let place = try result(json, "json", empty: nil)
        let options = try FrontEnds.frontEnd(FeatureSettings(options)).options
        let names = options.columnNames.map(\.jsonQuoted).joined(separator: ", ")
        let seconds = options.isPooled ? nil : (hop: options.startTime(ofFrame: 1), window: options.windowLength)
        place.pointee = Blocks.make(
            """
            {"names": [\(names)], "hop": \(seconds.map { "\($0.hop)" } ?? "null"), "window": \(seconds.map { "\($0.window)" } ?? "null")}
            """)
    }
}

extension stimmung_table {
    fileprivate init(_ matrix: Matrix) {
        self.init(values: Blocks.make(matrix.elements), rows: matrix.rows, columns: matrix.columns)
    }
}

/// Front ends by their settings: building one takes as long as half a second of speech, and one with an encoder reads its weights.
private enum FrontEnds {
    private static let known = Mutex<[String: FrontEnd]>([:])
    /// More settings than a program uses at a time.
    private static let most = 16

    static func frontEnd(_ settings: FeatureSettings) throws -> FrontEnd {
        let key = "\(settings)"
        if let found = known.withLock({ $0[key] }) { return found }
        let made = try FrontEnd(settings.options())
        known.withLock {
            if $0.count >= most { $0.removeAll() }
            $0[key] = made
        }
        return made
    }
}

extension FeatureSettings {
    /// - Throws: `RecipeError.setting`, `FeatureError.option`.
    fileprivate func options() throws -> FeatureOptions {
        var options = FeatureOptions(deltas: deltas ?? 2)
        if options.deltas < 0 || options.deltas > 2 { throw LibraryError.options(reason: "deltas is \(options.deltas); it must be 0 to 2") }
        try options.set(set)
        if let kinds, !kinds.isEmpty {
            options.kinds = kinds
        } else if options.functionals != nil, !set.contains(where: { $0.hasPrefix("kinds=") }) {
            options.kinds = FunctionalsOptions.kinds
        }
        return options
    }
}
