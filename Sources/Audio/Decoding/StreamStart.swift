import StimmungSupport

/// The start time of the audio in a file with several streams: the video may begin earlier.
enum StreamStart {
    /// Whether the file may have several streams. A single stream begins at time 0.
    static func mayBeLate(_ file: InputFile) -> Bool {
        switch kind(file) {
        case .none: false
        case .movie: MovieBoxes.tracks(file) != 1
        case .matroska: MatroskaElements.tracks(file) != 1
        case .other: true
        }
    }

    /// Whether the container has time stamps. In bare streams of frames, such as MP3, ffmpeg derives them from byte counts.
    static func hasTimes(_ file: InputFile) -> Bool { kind(file) != .none }

    private enum Kind {
        case none, movie, matroska, other
    }

    private static func kind(_ file: InputFile) -> Kind {
        let start = file.bytes(at: 0, count: 400)
        guard start.count == 400 else { return .none }
        if start.text(at: 4) == "ftyp" { return .movie }
        if start.starts(with: MatroskaElements.mark) { return .matroska }
        let isNamed = ["OggS", "nut/", ".RMF"].contains(start.text(at: 0)) || start.text(at: 0) == "RIFF" && start.text(at: 8) == "AVI "
        let isTransportStream = start[0] == 0x47 && start[188] == 0x47 || start[4] == 0x47 && start[196] == 0x47
        return isNamed || isTransportStream || others.contains { start.starts(with: $0) } ? .other : .none
    }

    /// FLV, MPEG program streams, ASF, WTV, MXF.
    private static let others: [[UInt8]] = [
        Array("FLV".utf8), [0, 0, 1, 0xBA], [0x30, 0x26, 0xB2, 0x75], [0xB7, 0xD8, 0x00, 0x20], [0x06, 0x0E, 0x2B, 0x34],
    ]

    /// The time of the first sample in seconds; 0 if ffmpeg does not report it or if it is as short as an encoder's delay.
    static func seconds(_ file: InputFile, _ executable: String, _ ffmpeg: FFmpeg) -> Double {
        guard
            let child = try? ChildProcess(
                executable: executable, arguments: FFmpeg.arguments(findingStartOf: file),
                limits: .init(silence: ffmpeg.stallLimit, cancellation: ffmpeg.cancellation)),
            let outcome = try? child.outcome(), let mark = outcome.output.firstRange(of: "pts_time:"),
            let time = Double(outcome.output[mark.upperBound...].prefix { !$0.isWhitespace }), (shortest...longest).contains(time)
        else { return 0 }
        return time
    }

    private static let shortest = 0.1
    /// Larger times are errors of the time stamps: a day of silence before the first sample.
    private static let longest = 86_400.0
}
