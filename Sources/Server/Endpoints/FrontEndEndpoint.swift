#if Server
import Hummingbird
import HummingbirdCore
import StimmungAudio
import StimmungFeatures
import StimmungSupport

/// `POST /v1/front-end`: the waveform and the log-mel spectrogram of a recording, as the front end sees them.
struct FrontEndEndpoint {
    let service: Service

    func answer(_ request: Request) async throws -> Response {
        let query = try Query(request, allowed: ["columns"])
        let columns = Int(try query.number("columns", in: 1...4096)?.rounded() ?? 1024)
        let audio = try await Upload(service: service).read(request)[0]
        let longest = service.limits.duration
        do {
            return Response(
                try await service.pool.run { cancellation in
                    var recording = AudioSegment(path: audio.path)
                    recording.longest = longest
                    return try FrontEndPicture(of: recording, columns: columns, cancellation).json
                })
        } catch { throw Problem(error, naming: audio.naming) ?? error }
    }
}
#endif
