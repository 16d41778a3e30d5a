import Dispatch
import Foundation
import StimmungSupport

extension Recogniser {
    /// Recognises a recording on another thread.
    ///
    ///     let prediction = try await recogniser.prediction(of: URL(filePath: "call.mp3"))
    ///
    /// Cancelling the task or `cancellation` takes effect at the next chunk, after at most ten seconds of audio.
    ///
    /// - Throws: `Cancelled` if the task or the recogniser was cancelled; the errors of `predict(path:timeline:)`.
    public func prediction(of file: URL, timeline: Timeline? = nil) async throws -> Prediction {
        let cancellation = Cancellation(parent: self.cancellation)
        var recogniser = self
        recogniser.cancellation = cancellation
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // A blocking decoder must not hold a thread of the cooperative pool.
                DispatchQueue.global().async { [recogniser] in
                    continuation.resume(with: Result { try recogniser.predict(path: file.path, timeline: timeline) })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }
}
