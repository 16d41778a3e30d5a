/// Chooses the decoder of a file: libsndfile in the process if it reads the file correctly, otherwise ffmpeg.
struct FileDecoder {
    let ffmpeg: FFmpeg
    /// Seconds of the longest recording that may be read; nil for any.
    var longest: Double?

    /// - Throws: `AudioError` if the file is missing, truncated, too long or not audio.
    func open(_ path: String) throws(AudioError) -> any SampleSource {
        let parts = FileParts.of(try InputFile(path: path))
        let source = parts.count == 1 ? try open(parts[0]) : try ChainedSource(parts, self)
        return if let longest { try LimitedSource(source, path: path, longest: longest) } else { source }
    }

    /// One of the recordings of a file.
    func open(_ file: InputFile) throws(AudioError) -> any SampleSource {
        switch Completeness(of: file) {
        case .complete:
            guard let source = SndfileSource(file) else { return try FFmpegSource(file, ffmpeg) }
            return RecoveringSource(source, file, ffmpeg)
        case .damaged:
            let source: any SampleSource = if let source = SndfileSource(file) { source } else { try FFmpegSource(file, ffmpeg) }
            return RecoveringSource(source, file, ffmpeg, .init(damage: "pages are missing or damaged, or other data follows them"))
        case .mapped(let map):
            return try open(file, map)
        case .unreliable:
            return try FFmpegSource(file, ffmpeg)
        case .cut:
            throw .truncated(file: file.path, there: nil, promised: nil)
        }
    }

    private func open(_ file: InputFile, _ map: SoundMap) throws(AudioError) -> any SampleSource {
        // libsndfile refuses a second data chunk.
        let readable = SndfileSource(file) ?? map.ranges.first.flatMap { SndfileSource(file.part(0..<$0.upperBound)) }
        if let part = map.partThere { throw truncated(readable, part, file) }
        let other = map.declared == nil ? nil : Tags.firstOther(in: file, from: map.end)
        if let source = readable, source.bytesPerFrame != nil {
            let (whole, warnings) = complete(source, map, other, file)
            return RecoveringSource(whole, file, ffmpeg, .init(warnings: warnings))
        }
        // Compressed audio cannot be read from an arbitrary position.
        let unread = other.flatMap { other in map.there > 0 ? Double(file.size - other) / Double(map.there) : nil }
        // The length was not filled in, which libsndfile reads as 0.
        let isRead = readable.map { $0.frames != 0 || map.there == 0 } ?? false
        let source: any SampleSource = if isRead, let readable { readable } else { try FFmpegSource(file, ffmpeg) }
        return RecoveringSource(source, file, ffmpeg, .init(unread: unread))
    }

    private func truncated(_ source: SndfileSource?, _ part: Double, _ file: InputFile) -> AudioError {
        let there = source.flatMap { source in source.frames.map { Double($0) / Double(source.sampleRate) } }
        let promised = there.map { $0 / part }
        return .truncated(file: file.path, there: there, promised: promised.flatMap { $0.isFinite ? $0 : nil })
    }

    /// The source for all audio in the file, including audio that the header does not count. `other`: the start of data that is not tags.
    private func complete(
        _ source: SndfileSource, _ map: SoundMap, _ other: Int?, _ file: InputFile
    ) -> (SndfileSource, [RecordingWarning]) {
        guard let bytesPerFrame = source.bytesPerFrame, let first = map.ranges.first, let last = map.ranges.last else {
            return (source, [])
        }
        let frames = source.frames ?? 0
        // Some files store 24 bits in four bytes; libsndfile reads them.
        guard frames == 0 || frames * bytesPerFrame >= first.count / 10 * 9 else { return (source, []) }
        func seconds(_ bytes: Int) -> Double { Double(bytes / bytesPerFrame) / Double(source.sampleRate) }
        var ranges = map.ranges
        var warnings: [RecordingWarning] = []
        // The search for it takes longer than the decoding of a short file, and is rarely needed.
        lazy var end = max(Tags.trailing(in: file), last.lowerBound)
        if map.declared == nil { ranges[ranges.count - 1] = last.lowerBound..<end }
        if let other {
            // Further audio starts right after the last sample, not after a padding byte; a frame may extend across the border.
            let goesOn = other == map.end && map.end - last.upperBound <= 1
            let begin = goesOn ? last.upperBound - last.count % bytesPerFrame : other
            let further = begin..<max(begin, end)
            if FurtherSound(further, after: last, like: source, file).isPlausible {
                ranges[ranges.count - 1] = last.lowerBound..<min(last.upperBound, begin)
                ranges.append(further)
            } else {
                warnings = [.unreadData(read: seconds(map.there), there: seconds(further.count))]
            }
        }
        let bytes = ranges.reduce(0) { $0 + $1.count }
        // libsndfile treats everything after the header of a Wave64 file as audio.
        let isOther = ranges.count > 1 || frames == 0 || frames > bytes / bytesPerFrame
        guard isOther, let whole = SndfileSource(ranges, of: file, like: source) else { return (source, warnings) }
        if ranges.count > 1 { warnings.append(.longerThanDeclared(declared: seconds(first.count), read: seconds(bytes))) }
        return (whole, warnings)
    }
}
