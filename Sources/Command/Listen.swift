import ArgumentParser
import Foundation
import Stimmung
import StimmungSupport

struct Listen: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Recognise speech from a microphone, with a live meter.",
        discussion: """
            stimmung listen
            stimmung listen --recorder arecord --device hw:1
            stimmung listen --format jsonl > events.jsonl

            Records with the first of pw-record, parec and arecord that is installed. Ctrl-C ends the session: the last segment and a summary \
            are printed, and the exit status is 130.

            The terminal shows whether there is speech, the time, the level, and the probability of each class in the current segment. \
            Completed segments scroll above. NO_COLOR disables colours. Outside a terminal, only segments and the summary are printed. \
            With --format jsonl, events are printed as by "stimmung stream".

            "wpctl status", "pactl list short sources" and "arecord -L" list the devices of the three recorders.
            """)

    /// What is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, jsonl
    }

    @Option(help: ArgumentHelp("Program that records. (default: the first installed)", valueName: "name"))
    var recorder: RecorderProgram?

    @Option(help: ArgumentHelp("Device, as the recorder names it. (default: the recorder's)", valueName: "device"))
    var device: String?

    @Option(help: ArgumentHelp("Output format.", valueName: "format"))
    var format = Format.text

    @OptionGroup var live: LiveOptions

    /// Samples that are recognised at a time: a tenth of a second.
    private static let chunk = Recorder.rate / 10

    mutating func run() throws {
        let cancellation = signalCancellation
        let recogniser = try live.recogniser()
        let session = try recogniser.session(sampleRate: Recorder.rate, options: live.session)
        var display = ListenDisplay(format, labels: recogniser.model.labels)
        defer { display.close() }
        var received = false
        var failure: (any Error)?
        do {
            let recorder = try Recorder(recorder, device: device, cancellation)
            try display.open()
            var input = SampleInput(Recorder.layout)
            while case let bytes = try recorder.next(), !bytes.isEmpty {
                received = true
                let samples = try input.take(bytes)
                for start in stride(from: 0, to: samples.count, by: Self.chunk) {
                    let chunk = Array(samples[start..<min(start + Self.chunk, samples.count)])
                    try display.show(chunk, session.push(chunk))
                    try cancellation.check()
                }
            }
        } catch  where error is Cancelled || error is RecorderError { failure = error }
        // What has been heard is complete.
        if received || failure is Cancelled { try display.finish(session.finish()) }
        display.close()
        if let failure {
            if failure is Cancelled { try live.writeVoiceIfAny(of: session) }
            throw failure
        }
        try live.writeVoice(of: session)
    }
}

extension Listen: InterruptibleCommand {}
extension RecorderProgram: ExpressibleByArgument {}

/// What "listen" prints: events, or lines with a meter below them on a terminal.
private struct ListenDisplay {
    private let format: Listen.Format
    private let labelWidth: Int
    private var meter: LiveMeter
    private var terminal: LiveTerminal?
    private var shown: ContinuousClock.Instant?

    /// Between two drawings.
    private static let interval = Duration.milliseconds(80)

    init(_ format: Listen.Format, labels: [String]) {
        self.format = format
        labelWidth = labels.map(\.printable.count).max() ?? 0
        meter = LiveMeter(labels: labels)
    }

    /// Draws the meter, once the recorder has started.
    mutating func open() throws {
        guard format == .text else { return }
        terminal = LiveTerminal()
        try draw([])
    }

    mutating func show(_ chunk: [Float], _ events: [SessionEvent]) throws {
        guard format == .text else { return try StandardOutput.events(events) }
        meter.take(chunk, events)
        let rows = rows(events)
        if terminal == nil {
            try print(rows)
        } else if !rows.isEmpty || shown.map({ ContinuousClock.now - $0 >= Self.interval }) ?? true {
            try draw(rows)
        }
    }

    /// Prints the last segments and the summary in place of the meter.
    mutating func finish(_ events: [SessionEvent]) throws {
        guard format == .text else { return try StandardOutput.events(events) }
        close()
        try print(rows(events) + events.compactMap(Self.summary))
    }

    /// Restores the terminal.
    mutating func close() {
        terminal?.close()
        terminal = nil
    }

    private mutating func draw(_ rows: [String]) throws {
        guard let size = terminal?.size else { return }
        try terminal?.draw(meter.lines(columns: size.columns, rows: size.rows - 1), under: rows)
        shown = .now
    }

    private func print(_ lines: [String]) throws {
        for line in lines { try StandardOutput.line(line) }
    }

    /// The completed segments.
    private func rows(_ events: [SessionEvent]) -> [String] {
        events.compactMap { if case .segment(let segment) = $0 { PredictionText.row(segment, width: labelWidth) } else { nil } }
    }

    private static func summary(_ event: SessionEvent) -> String? {
        guard case .finished(let summary) = event else { return nil }
        let duration = Decimals.text(summary.duration, digits: 1)
        guard summary.label != nil else { return "no speech in \(duration) s" }
        let result = PredictionText.result(summary.label, summary.confidence, summary.probabilities)
        return "\(result) (\(Decimals.text(summary.speech, digits: 1)) s of speech in \(duration) s)"
    }
}
