/// Chooses how a file is decoded: by libsndfile in the process where that reads it faithfully, otherwise by ffmpeg.
struct FileDecoder {
    let ffmpeg: FFmpeg

    /// - Throws: the errors of a file that is missing, truncated or not audio.
    func open(_ path: String) throws(AudioError) -> any SampleSource {
        let parts = FileParts.of(try InputFile(path: path))
        return parts.count == 1 ? try open(parts[0]) : try ChainedSource(parts, self)
    }

    /// One of the recordings of a file.
    func open(_ file: InputFile) throws(AudioError) -> any SampleSource {
        switch Completeness(of: file) {
        case .complete:
            guard let source = SndfileSource(file) else { return try FFmpegSource(file, ffmpeg) }
            return RecoveringSource(source, file, ffmpeg)
        case .mapped(let map):
            // libsndfile refuses a second data chunk.
            let readable = SndfileSource(file) ?? map.ranges.first.flatMap { SndfileSource(file.part(0..<$0.upperBound)) }
            if let part = map.partThere { throw truncated(readable, part, file) }
            guard let source = readable else { return try FFmpegSource(file, ffmpeg) }
            // The length was not filled in, and libsndfile takes that for none.
            if source.frames == 0, source.bytesPerFrame == nil, map.there > 0 { return try FFmpegSource(file, ffmpeg) }
            let (whole, warnings) = complete(source, map, file)
            return RecoveringSource(whole, file, ffmpeg, warnings: warnings)
        case .unreliable:
            return try FFmpegSource(file, ffmpeg)
        case .cut:
            throw .truncated(file: file.path, there: nil, promised: nil)
        }
    }

    private func truncated(_ source: SndfileSource?, _ part: Double, _ file: InputFile) -> AudioError {
        let there = source.flatMap { source in source.frames.map { Double($0) / Double(source.sampleRate) } }
        let promised = there.map { $0 / part }
        return .truncated(file: file.path, there: there, promised: promised.flatMap { $0.isFinite ? $0 : nil })
    }

    /// The source for all the sound there is, also for what the header does not count.
    private func complete(_ source: SndfileSource, _ map: SoundMap, _ file: InputFile) -> (SndfileSource, [RecordingWarning]) {
        let other = map.declared == nil ? nil : Tags.firstOther(in: file, from: map.end)
        guard let bytesPerFrame = source.bytesPerFrame else {
            // Compressed sound cannot be read on from anywhere.
            guard let other, let declared = map.declared, declared > 0, let frames = source.frames else { return (source, []) }
            let read = Double(frames) / Double(source.sampleRate)
            return (source, [.unreadData(read: read, there: read * Double(file.size - other) / Double(declared))])
        }
        func seconds(_ bytes: Int) -> Double { Double(bytes / bytesPerFrame) / Double(source.sampleRate) }
        var ranges = map.ranges
        var warnings: [RecordingWarning] = []
        guard let first = ranges.first, let last = ranges.last else { return (source, []) }
        let end = max(Tags.trailing(in: file), last.lowerBound)
        if map.declared == nil { ranges[ranges.count - 1] = last.lowerBound..<end }
        if let other {
            // Sound goes on right after the last sample, and not after a byte of padding; the frame may lie across.
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
        // libsndfile takes all that follows the header of a Wave64 file for sound.
        let isOther = ranges.count > 1 || source.frames != bytes / bytesPerFrame
        guard isOther, let whole = SndfileSource(ranges, of: file, like: source) else { return (source, warnings) }
        if ranges.count > 1 { warnings.append(.longerThanDeclared(declared: seconds(first.count), read: seconds(bytes))) }
        return (whole, warnings)
    }
}
