import Foundation
import StimmungSpeech
import StimmungTensors

/// Cuts speech into segments and decides about each, from speech events and evidence as they arrive.
///
/// A segment ends at a pause, where `ChangeDetector` finds another class, or after a window if the timeline has one. Short segments
/// are judged as a whole, longer ones in pieces of ten seconds. Memory does not grow with the recording.
struct SpeechSegmenter {
    /// Cost of a change in nats of log posterior, weighted by seconds: a change pays if the evidence on both of its sides outweighs it.
    static let penalty: Float = 2.5
    /// No class has a smaller probability in a step, so that one step of certainty is no change.
    private static let floor = 0.02
    /// Seconds after which a change is decided at the latest.
    private static let latest = 5.0
    /// Seconds of the shortest segment that a change cuts off, and of the shortest stretch with a posterior.
    private static let shortest = 0.5
    private static let shortestPosterior = 0.3
    /// Seconds of a long segment that are judged as a whole.
    private static let piece = 10.0

    /// A stretch of speech.
    private struct Stretch {
        let start: Int
        let startTime: Double
        var end: Int?
        var endTime = 0.0
    }

    /// The first stretch while it is being cut.
    private struct Cutting {
        /// First frame of the present segment, and its time.
        var start: Int
        var startTime: Double
        /// What has been judged of the present segment, up to a frame.
        var judged: Pooling
        var judgedTo: Int
        /// Steps given to the change detector, or windows that have been closed.
        var steps = 0
        var posteriors = 0
        /// What has been learnt from ends at this frame.
        var learntTo: Int
        /// What the stretch as a whole has been judged to be, if it has.
        var whole: (range: Range<Int>, pooling: Pooling)?
        /// A segment that the next one may be joined to.
        var held: (start: Double, end: Double, pooling: Pooling)?
    }

    private var model: Model
    /// Whether a stretch of less than ten seconds is cut only when it is complete, so that fewer steps need scores (`scoresOfWhole`). The segments are
    /// the same.
    private let waitsForEnd: Bool
    /// Learns voice and source; nil if neither is to be learnt.
    var learner: SpeechLearner?
    /// What has been judged as a whole; kept if the options ask for it.
    private(set) var judgedStretches: [JudgedStretch] = []
    private let options: SessionOptions
    private let hop: Double
    /// Seconds of a step of the change detector.
    private let step: Double
    private var evidence: any Evidence
    private var changes: ChangeDetector
    private var stretches: [Stretch] = []
    private var cutting: Cutting?
    /// All segments.
    private var total: Pooling
    private var speech = 0.0
    /// Frames by which the end of a stretch is reported late, and by which its start may lie back.
    private let holdBack: Int
    private let lookBack: Int

    init(_ model: Model, _ evidence: any Evidence, _ options: SessionOptions, latency: Double, waitsForEnd: Bool) {
        self.waitsForEnd = waitsForEnd
        self.model = model
        self.options = options
        self.evidence = evidence
        hop = model.recipe.features.startTime(ofFrame: 1)
        step = evidence.step
        changes = ChangeDetector(classes: model.labels.count, penalty: Self.penalty, latest: Int((Self.latest / step).rounded()))
        total = model.pooling
        let activity = options.activity
        let late = max(activity.leastPause, activity.paddingAfter) + activity.leastSpeech + latency
        holdBack = Int((late / hop).rounded(.up)) + 1
        lookBack = Int(((late + activity.paddingBefore) / hop).rounded(.up)) + 10
    }

    /// Takes the next frames and what is known about speech by now; returns the events that became certain.
    mutating func push(_ frames: Matrix, _ activity: [SpeechEvent]) -> [SessionEvent] {
        var events = activity.map { note($0) }
        if frames.rows > 0 { evidence.push(frames) }
        advance(&events)
        return events
    }

    /// Ends the recording.
    ///
    /// - Parameter duration: in seconds.
    mutating func finish(_ frames: Matrix, _ activity: [SpeechEvent], duration: Double) -> [SessionEvent] {
        var events = activity.map { note($0) }
        if frames.rows > 0 { evidence.push(frames) }
        evidence.finish()
        for index in stretches.indices {
            stretches[index].end = min(stretches[index].end ?? evidence.frames, evidence.frames)
            stretches[index].endTime = min(stretches[index].endTime, duration)
        }
        advance(&events)
        // With a voice that was learnt on the way, the temperature is the last one.
        var whole = model.pooling
        whole.merge(total)
        let decision = whole.frames > 0 ? model.decision(of: whole) : nil
        let summary = SessionSummary(
            duration: duration, speech: speech, label: decision?.label, confidence: decision?.confidence,
            probabilities: decision?.probabilities ?? [], familiarity: decision?.familiarity)
        events.append(SessionEvent.finished(summary))
        return events
    }

    private mutating func note(_ event: SpeechEvent) -> SessionEvent {
        switch event {
        case .speechStarted(let time):
            stretches.append(Stretch(start: frame(time), startTime: time))
            return .speechStarted(time: time)
        case .speechEnded(let time):
            if let last = stretches.indices.last {
                stretches[last].end = max(stretches[last].start, frame(time))
                stretches[last].endTime = time
            }
            return .speechEnded(time: time)
        }
    }

    private func frame(_ time: Double) -> Int { Int((time / hop).rounded()) }
    private func frames(_ seconds: Double) -> Int { max(1, Int((seconds / hop).rounded())) }

    private mutating func advance(_ events: inout [SessionEvent]) {
        while let stretch = stretches.first {
            var state =
                cutting
                ?? Cutting(
                    start: stretch.start, startTime: stretch.startTime, judged: model.pooling, judgedTo: stretch.start,
                    learntTo: stretch.start)
            cutting = nil
            let known = min(stretch.end ?? evidence.frames, evidence.frames)
            let isComplete = stretch.end.map { evidence.frames >= $0 } ?? false
            // What comes later than this may turn out to be a pause.
            let certain = isComplete ? known : min(known, evidence.frames - holdBack)
            if isComplete || !waitsForEnd || certain - stretch.start >= frames(Self.piece) {
                cut(stretch, &state, certain: certain, isComplete: isComplete, &events)
            }
            addPosteriors(stretch, &state, known: known, &events)
            learn(&state, certain: certain, isComplete: isComplete)
            guard isComplete else {
                cutting = state
                let needed = min(state.judgedTo, max(state.start, evidence.frames - evidence.live - lookBack))
                evidence.forget(before: learner == nil ? needed : min(needed, state.learntTo))
                return
            }
            for change in changes.finish() { close(at: stretch.start + change * frames(step), stretch, &state, &events) }
            close(at: known, stretch, &state, &events)
            if let held = state.held { emit(held, &events) }
            stretches.removeFirst()
            if let adapted = learner?.model {
                model = adapted
                evidence.adapt(to: adapted)
            }
        }
        evidence.forget(before: evidence.frames - lookBack)
    }

    /// Learns from what is certain of a stretch.
    private mutating func learn(_ state: inout Cutting, certain: Int, isComplete: Bool) {
        guard var learner else { return }
        defer { self.learner = learner }
        let longest = frames(SpeechLearner.longest)
        while state.learntTo + longest <= certain || isComplete && state.learntTo < certain {
            let end = min(state.learntTo + longest, certain)
            learner.learn(state.learntTo..<end, evidence, hop: hop)
            state.learntTo = end
        }
    }

    /// Cuts what is certain of a stretch.
    private mutating func cut(
        _ stretch: Stretch, _ state: inout Cutting, certain: Int, isComplete: Bool, _ events: inout [SessionEvent]
    ) {
        if let window = options.timeline.window {
            let length = frames(window)
            // A rest of less than half a window belongs to the window before it.
            while state.start + length + (isComplete ? length / 2 : length) <= certain {
                close(at: state.start + length, stretch, &state, &events)
            }
        } else {
            let (step, reach) = (frames(step), evidence.reach)
            let isWhole = isComplete && state.steps == 0
            var ranges: [Range<Int>] = []
            let isSearched = certain - stretch.start >= frames(evidence.shortestSearched)
            while isSearched, case let start = stretch.start + state.steps * step, start + step + (isComplete ? 0 : reach) <= certain {
                ranges.append(max(stretch.start, start - reach)..<min(start + step + reach, certain))
                state.steps += 1
            }
            for scores in isWhole ? scoresOfWhole(ranges, &state, certain: certain) : scores(evidence.poolings(ranges)) {
                for change in changes.push(scores) { close(at: stretch.start + change * step, stretch, &state, &events) }
            }
            let decided = min(certain, stretch.start + changes.decided * step)
            let piece = frames(Self.piece)
            while state.judgedTo + piece <= decided { judge(&state, to: state.judgedTo + piece) }
        }
    }

    private func scores(_ poolings: [Pooling]) -> [[Float]] {
        poolings.map { pooling in
            // The penalty is in proportion to evidence that is not weakened where the voice is unfamiliar.
            var pooling = pooling
            pooling.familiarity = nil
            return pooling.probabilities.map { Float(log(max($0, Self.floor)) * step) }
        }
    }

    /// The scores of all steps of a stretch, or none if some of them rule out a change, as in most recordings of one sentence.
    ///
    /// The whole stretch is judged in the same batch as the first steps, since it is needed next.
    private func scoresOfWhole(_ ranges: [Range<Int>], _ state: inout Cutting, certain: Int) -> [[Float]] {
        var all = [[Float]?](repeating: nil, count: ranges.count)
        let whole = state.start..<certain
        func score(_ steps: [Int]) {
            let isFirst = evidence.isFasterInBatches && state.whole == nil && whole.count <= frames(Self.piece)
            var poolings = evidence.poolings(steps.map { ranges[$0] } + (isFirst ? [whole] : []))
            if isFirst { state.whole = (whole, poolings.removeLast()) }
            for (step, scores) in zip(steps, scores(poolings)) { all[step] = scores }
        }
        while let steps = changes.stepsToRuleOutChange(all, range: Float(-log(Self.floor) * step)) {
            guard !steps.isEmpty else { return [] }
            score(steps)
        }
        score(all.indices.filter { all[$0] == nil })
        return all.compactMap(\.self)
    }

    private mutating func judge(_ state: inout Cutting, to frame: Int) {
        guard frame > state.judgedTo else { return }
        let range = state.judgedTo..<frame
        state.judged.merge(state.whole.flatMap { $0.range == range ? $0.pooling : nil } ?? evidence.pooling(range))
        if options.keepsStretches { judgedStretches.append(JudgedStretch(frames: range, row: evidence.row(range))) }
        state.judgedTo = frame
    }

    /// Ends the present segment at a frame.
    private mutating func close(at frame: Int, _ stretch: Stretch, _ state: inout Cutting, _ events: inout [SessionEvent]) {
        let isEnd = frame == stretch.end
        // Windows may be shorter than what a change cuts off; the last one has at least half of its length.
        let least = options.timeline.window.map { min(frames(Self.shortest), frames($0) / 2) } ?? frames(Self.shortest)
        guard isEnd || frame - state.start >= least, frame > state.start else { return }
        if let end = stretch.end, !isEnd, end - frame < least { return }
        let piece = frames(Self.piece)
        while state.judgedTo + piece < frame { judge(&state, to: state.judgedTo + piece) }
        judge(&state, to: frame)
        let end = isEnd ? stretch.endTime : Double(frame) * hop
        if let held = state.held {
            if options.timeline.joinsEqual, held.pooling.decided == state.judged.decided {
                var pooling = held.pooling
                pooling.merge(state.judged)
                state.held = (held.start, end, pooling)
            } else {
                emit(held, &events)
                state.held = (state.startTime, end, state.judged)
            }
        } else {
            state.held = (state.startTime, end, state.judged)
        }
        (state.start, state.startTime, state.judged) = (frame, end, model.pooling)
    }

    private mutating func emit(_ held: (start: Double, end: Double, pooling: Pooling), _ events: inout [SessionEvent]) {
        total.merge(held.pooling)
        speech += held.end - held.start
        let decided = model.decision(of: held.pooling)
        events.append(
            .segment(
                Prediction.Segment(
                    start: held.start, end: held.end, label: decided.label, confidence: decided.confidence,
                    probabilities: decided.probabilities, familiarity: decided.familiarity)))
    }

    private func addPosteriors(_ stretch: Stretch, _ state: inout Cutting, known: Int, _ events: inout [SessionEvent]) {
        guard let interval = options.posteriorInterval else { return }
        while case let end = stretch.start + frames(interval) * (state.posteriors + 1), end <= known {
            state.posteriors += 1
            let start = max(state.start, end - evidence.live)
            guard end - start >= frames(Self.shortestPosterior) else { continue }
            let decided = model.decision(of: evidence.pooling(start..<end))
            events.append(
                .posterior(
                    SessionPosterior(
                        time: Double(end) * hop, start: Double(start) * hop, label: decided.label, confidence: decided.confidence,
                        probabilities: decided.probabilities, familiarity: decided.familiarity)))
        }
    }
}
