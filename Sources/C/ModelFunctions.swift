import CStimmungInterface
import Stimmung
import StimmungSupport

/// A model that C programs use, from any number of threads.
final class OpenModel: Handled {
    static let kind = "model"

    /// The calls on this model.
    let calls = RunningCalls()
    private let recogniser: Recogniser

    init(_ name: String?, _ options: ModelOptions) throws {
        var recogniser = try Recogniser(NamedModel(name).open())
        if let voice = options.voice { recogniser = try recogniser.knowing(Voice(contentsOf: voice)) }
        self.recogniser = try recogniser.rejecting(below: options.reject)
    }

    /// The recogniser for one call.
    var forCall: Recogniser {
        var recogniser = recogniser
        recogniser.cancellation = calls.cancellation
        return recogniser
    }
}

/// Opens a model.
@_cdecl("stimmung_model_open")
public func openModel(_ name: CText?, _ options: CText?, _ model: UnsafeMutablePointer<OpaquePointer?>?) -> stimmung_status {
    call {
        let place = try result(model, "model", empty: nil)
        place.pointee = Handles.add(try OpenModel(name.map { PathBytes.string(from: $0) }, ModelOptions(options)))
    }
}

/// The classes of a model, as a JSON array.
@_cdecl("stimmung_model_labels")
public func labels(_ model: OpaquePointer?, _ labels: TextPlace?) -> stimmung_status {
    call {
        let place = try result(labels, "labels", empty: nil)
        let model = try Handles.object(model, OpenModel.self).forCall.model
        place.pointee = Blocks.make("[\(model.labels.map(\.jsonQuoted).joined(separator: ", "))]")
    }
}

/// Stops the calls on a model that are running.
@_cdecl("stimmung_model_cancel")
public func cancelModel(_ model: OpaquePointer?) -> stimmung_status {
    call { try Handles.object(model, OpenModel.self).calls.cancel() }
}

/// Frees the handle of a model.
@_cdecl("stimmung_model_free")
public func freeModel(_ model: OpaquePointer?) -> stimmung_status {
    call { try Handles.remove(model, OpenModel.self) }
}

/// Learns a voice from recordings, and writes it to a file.
@_cdecl("stimmung_enrol")
public func enrol(_ model: OpaquePointer?, _ paths: TextList?, _ count: Int, _ voice: CText?, _ json: TextPlace?) -> stimmung_status {
    call {
        json?.pointee = nil
        let recogniser = try Handles.object(model, OpenModel.self).forCall
        let file = try text(voice, "voice")
        let learnt = try recogniser.enrol(paths: texts(paths, count: count, "paths"))
        try learnt.write(path: file)
        json?.pointee = Blocks.make(learnt.json)
    }
}

extension Voice {
    /// `{"seconds", "stretches", "share", "warnings"}`.
    fileprivate var json: String {
        let warnings = warnings.map { $0.message.jsonQuoted }.joined(separator: ", ")
        return """
            {"seconds": \(Decimal6.text(seconds) ?? "null"), "stretches": \(stretches), "share": \(Decimal6.text(share) ?? "null"), \
            "warnings": [\(warnings)]}
            """
    }
}
