import StimmungSpeech
import StimmungTensors
import Testing

/// Scores at a hop of 10 ms from runs of (score, seconds).
private func scores(_ runs: (Float, Double)...) -> [Float] {
    runs.flatMap { score, seconds in [Float](repeating: score, count: Int((100 * seconds).rounded())) }
}

private func options(_ change: (inout SpeechActivityOptions) -> Void = { _ in }) -> SpeechActivityOptions {
    var options = SpeechActivityOptions()
    options.upperThreshold = 0.6
    options.lowerThreshold = 0.3
    options.leastSpeech = 0.1
    options.leastPause = 0.3
    options.paddingBefore = 0
    options.paddingAfter = 0
    change(&options)
    return options
}

/// All events, with the number of scores after which each was reported.
private func events(_ scores: [Float], _ options: SpeechActivityOptions) throws -> [(event: SpeechEvent, after: Int)] {
    var activity = try SpeechActivity(options, hop: 0.01)
    var events: [(SpeechEvent, Int)] = []
    for (index, score) in scores.enumerated() {
        if let event = activity.push(score) { events.append((event, index + 1)) }
    }
    if let event = activity.finish() { events.append((event, scores.count)) }
    return events
}

/// Starts and ends in scores, alternating.
private func times(_ scores: [Float], _ options: SpeechActivityOptions) throws -> [Int] {
    try events(scores, options).map { Int((100 * $0.event.time).rounded()) }
}

struct SpeechActivityTests {
    @Test("a start and an end, late but with their own times")
    func plain() throws {
        let found = try events(scores((0, 0.5), (1, 0.4), (0, 1)), options())
        #expect(found.map(\.event) == [.speechStarted(time: 0.5), .speechEnded(time: 0.9)])
        #expect(found.map(\.after) == [60, 120])
    }

    @Test("speech begins at the upper threshold and goes on down to the lower one")
    func hysteresis() throws {
        #expect(try times(scores((0.59, 1)), options()) == [])
        #expect(try times(scores((0.4, 0.5), (0.6, 0.1), (0.3, 1), (0.29, 0.5)), options()) == [50, 160])
    }

    @Test("bursts shorter than the least speech are ignored, in pauses and after speech")
    func bursts() throws {
        #expect(try times(scores((0, 0.2), (1, 0.09), (0, 0.2), (1, 0.09), (0, 1)), options()) == [])
        // A burst within the pause does not move the end, and delays its report only while it lasts.
        let found = try events(scores((1, 0.5), (0, 0.25), (1, 0.09), (0, 1)), options())
        #expect(found.map(\.event) == [.speechStarted(time: 0), .speechEnded(time: 0.5)])
        #expect(found.map(\.after) == [10, 85])
    }

    @Test("pauses shorter than the least pause are bridged")
    func pauses() throws {
        #expect(try times(scores((1, 0.5), (0, 0.29), (1, 0.5), (0, 1)), options()) == [0, 129])
        #expect(try times(scores((1, 0.5), (0, 0.3), (1, 0.5), (0, 1)), options()) == [0, 50, 80, 130])
        // The pause ends with speech that begins before it is long enough, although that is known only later.
        #expect(try times(scores((1, 0.5), (0, 0.29), (1, 0.1), (0, 1)), options()) == [0, 89])
    }

    @Test("padding stops at the beginning, the end and the stretch before")
    func padding() throws {
        let padded = options {
            $0.paddingBefore = 0.2
            $0.paddingAfter = 0.25
        }
        #expect(try times(scores((0, 0.1), (1, 0.2), (0, 0.3), (1, 0.2), (0, 1)), padded) == [0, 55, 55, 105])
        #expect(try times(scores((0, 0.5), (1, 0.2), (0, 0.1)), padded) == [30, 80])
    }

    @Test("a pause shorter than the padding after speech is bridged")
    func longPadding() throws {
        let padded = options { $0.paddingAfter = 0.5 }
        #expect(try times(scores((1, 0.2), (0, 0.4), (1, 0.2), (0, 1)), padded) == [0, 130])
    }

    @Test("the end of the input in each state")
    func finish() throws {
        #expect(try times([], options()) == [])
        #expect(try times(scores((0, 0.5)), options()) == [])
        // In a run that is still too short, in speech, in a short pause, in a run that is too short after a short pause.
        #expect(try times(scores((0, 0.5), (1, 0.09)), options()) == [])
        #expect(try times(scores((0, 0.5), (1, 0.1)), options()) == [50, 60])
        #expect(try times(scores((0, 0.5), (1, 0.1), (0, 0.1)), options()) == [50, 60])
        #expect(try times(scores((0, 0.5), (1, 0.1), (0, 0.1), (1, 0.05)), options()) == [50, 60])
    }

    @Test("after the end a state machine is as new")
    func again() throws {
        let padded = options { $0.paddingBefore = 0.2 }
        var activity = try SpeechActivity(padded, hop: 0.01)
        let new = activity
        for score in scores((0, 0.3), (1, 0.5)) { _ = activity.push(score) }
        #expect(activity.isSpeech)
        #expect(activity.finish() == .speechEnded(time: 0.8))
        #expect(activity == new)
    }

    @Test("scores that are not numbers are no speech")
    func notNumbers() throws {
        #expect(try times(scores((.nan, 1)), options()) == [])
        #expect(try times(scores((1, 0.5), (.nan, 1)), options()) == [0, 50])
        #expect(try times(scores((-.infinity, 0.5), (.infinity, 0.5)), options()) == [50, 100])
    }

    @Test(
        "options out of range",
        arguments: [
            ("upperThreshold", options { $0.upperThreshold = 0 }), ("upperThreshold", options { $0.upperThreshold = 1.1 }),
            ("lowerThreshold", options { $0.lowerThreshold = 0.7 }), ("lowerThreshold", options { $0.lowerThreshold = .nan }),
            ("leastSpeech", options { $0.leastSpeech = -1 }), ("leastPause", options { $0.leastPause = .infinity }),
            ("paddingBefore", options { $0.paddingBefore = .nan }), ("paddingAfter", options { $0.paddingAfter = 11 }),
        ])
    func invalid(name: String, options: SpeechActivityOptions) {
        let error = #expect(throws: SpeechError.self) { try SpeechActivity(options, hop: 0.01) }
        guard case .option(let found, _, _)? = error else { return }
        #expect(found == name && error?.code == "speech.option")
    }

    @Test("the hop is checked", arguments: [0, -1, .nan, 2])
    func invalidHop(hop: Double) {
        #expect(throws: SpeechError.self) { try SpeechActivity(hop: hop) }
    }

    /// The definition, with all scores at hand: runs, runs that are long enough, pauses that are long enough, padding.
    private func definition(_ scores: [Float], _ options: SpeechActivityOptions) -> [Int] {
        func count(_ seconds: Double) -> Int { Int((100 * seconds).rounded()) }
        var runs: [Range<Int>] = []
        var start: Int?
        for (index, score) in (scores + [-1]).enumerated() {
            if let began = start, !(score >= options.lowerThreshold) {
                runs.append(began..<index)
                start = nil
            } else if start == nil, score >= options.upperThreshold {
                start = index
            }
        }
        var stretches: [Range<Int>] = []
        for run in runs where run.count >= max(1, count(options.leastSpeech)) {
            if let last = stretches.last, run.lowerBound - last.upperBound < max(1, count(options.leastPause), count(options.paddingAfter))
            {
                stretches[stretches.count - 1] = last.lowerBound..<run.upperBound
            } else {
                stretches.append(run)
            }
        }
        var times: [Int] = []
        for stretch in stretches {
            times.append(max(times.last ?? 0, stretch.lowerBound - count(options.paddingBefore)))
            times.append(min(scores.count, stretch.upperBound + count(options.paddingAfter)))
        }
        return times
    }

    @Test("random scores and options give what the definition gives", arguments: 0..<50)
    func random(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        for _ in 0..<20 {
            let drawn = options {
                $0.lowerThreshold = random.uniform(in: 0..<0.6)
                $0.leastSpeech = Double(random.index(below: 30)) / 100
                $0.leastPause = Double(random.index(below: 50)) / 100
                $0.paddingBefore = Double(random.index(below: 30)) / 100
                $0.paddingAfter = Double(random.index(below: 30)) / 100
            }
            var runs: [Float] = []
            while runs.count < 1000 {
                runs += [Float](repeating: random.uniform(), count: 1 + random.index(below: 60))
            }
            let found = try events(runs, drawn)
            #expect(found.map { Int((100 * $0.event.time).rounded()) } == definition(runs, drawn))
            for (index, entry) in found.enumerated() {
                let isStart = if case .speechStarted = entry.event { true } else { false }
                #expect(isStart == (index % 2 == 0))
                // Not before it happened, and not later than documented.
                let late = Double(entry.after) / 100 - entry.event.time
                let most =
                    isStart
                    ? max(0.01, drawn.leastSpeech) + drawn.paddingBefore
                    : max(0.01, drawn.leastPause, drawn.paddingAfter) + max(0.01, drawn.leastSpeech) - drawn.paddingAfter
                #expect(late >= -1e-9 && late <= most + 1e-9)
            }
        }
    }
}
