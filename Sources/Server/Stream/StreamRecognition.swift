import Stimmung
import StimmungAudio
import StimmungSupport
import Synchronization

/// The recognition of one session: bytes in, events as text out. The same events as those of `stimmung stream`.
///
/// Pieces are given one after another, from any thread.
final class StreamRecognition: Sendable {
    private struct State {
        let session: RecognitionSession
        var pending: [UInt8] = []
        /// Bytes so far.
        var received = 0
        var isFinished = false
    }

    private let layout: SampleLayout
    private let longest: Double
    private let state: Mutex<State>

    /// - Parameter longest: the most audio, in seconds.
    /// - Throws: the errors of `Recogniser.session`.
    init(_ recogniser: Recogniser, _ start: StreamStart, longest: Double) throws {
        layout = start.layout
        self.longest = longest
        var options = SessionOptions()
        options.posteriorInterval = start.interval
        options.learning = start.enrol == nil ? .off : .applied
        options.adaptsToSource = start.source != nil
        state = Mutex(State(session: try recogniser.session(sampleRate: start.rate, options: options)))
    }

    /// Takes bytes, whatever they are cut into.
    ///
    /// - Throws: `FeatureError.notFinite`; `AudioError.tooLong`.
    func push(_ bytes: some Collection<UInt8>) throws -> [String] {
        try state.withLock {
            guard !$0.isFinished else { return [] }
            $0.received += bytes.count
            guard Double($0.received / layout.bytesPerFrame) <= longest * Double(layout.rate) else {
                throw AudioError.tooLong(file: "The session", longest: longest)
            }
            $0.pending += bytes
            return try $0.session.push(layout.takeFrames(from: &$0.pending)).map(\.json)
        }
    }

    /// Ends the audio. A second call returns nothing.
    func finish() throws -> [String] {
        try state.withLock {
            guard !$0.isFinished else { return [] }
            $0.isFinished = true
            return try $0.session.finish().map(\.json)
        }
    }

    /// The source that was heard; nil if there was no speech, or none was to be learnt.
    var source: Source? { state.withLock { $0.session.source } }

    /// The voice that was learnt; nil if there was no speech, or none was to be learnt.
    var voice: Voice? { state.withLock { $0.session.voice } }
}
