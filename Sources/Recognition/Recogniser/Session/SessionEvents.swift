/// The events of a session whose samples come from an asynchronous sequence.
///
///     for try await event in recogniser.events(of: microphone, sampleRate: 48_000) { print(event.json) }
///
/// Samples are taken only when an event is asked for, so a slow consumer slows down the source, and nothing piles up.
public struct SessionEvents<Samples: AsyncSequence>: AsyncSequence where Samples.Element == [Float] {
    public typealias Element = SessionEvent

    let recogniser: Recogniser
    let samples: Samples
    let sampleRate: Int
    let options: SessionOptions

    public func makeAsyncIterator() -> Iterator {
        Iterator(source: samples.makeAsyncIterator()) { [self] in try recogniser.session(sampleRate: sampleRate, options: options) }
    }

    /// Gives one event after another.
    public struct Iterator: AsyncIteratorProtocol {
        var source: Samples.AsyncIterator
        let open: () throws -> RecognitionSession
        private var session: RecognitionSession?
        private var events: [SessionEvent] = []
        private var isFinished = false

        init(source: Samples.AsyncIterator, open: @escaping () throws -> RecognitionSession) {
            self.source = source
            self.open = open
        }

        /// The next event; nil after `.finished`.
        ///
        /// - Throws: the errors of the source, of opening the session and of `RecognitionSession.push`.
        public mutating func next() async throws -> SessionEvent? {
            while events.isEmpty {
                if isFinished { return nil }
                let session = try session ?? open()
                self.session = session
                if let chunk = try await source.next() {
                    events = try session.push(chunk)
                } else {
                    isFinished = true
                    events = try session.finish()
                }
            }
            return events.removeFirst()
        }
    }
}

extension Recogniser {
    /// The events of a session whose samples come from an asynchronous sequence of chunks.
    ///
    /// - Parameters:
    ///   - samples: chunks of mono samples in −1 … 1.
    ///   - sampleRate: samples per second, 1000 … 1,000,000.
    ///   - options: what is reported, and how speech is found and cut.
    public func events<Samples: AsyncSequence>(
        of samples: Samples, sampleRate: Int, options: SessionOptions = SessionOptions()
    ) -> SessionEvents<Samples> where Samples.Element == [Float] {
        SessionEvents(recogniser: self, samples: samples, sampleRate: sampleRate, options: options)
    }
}
