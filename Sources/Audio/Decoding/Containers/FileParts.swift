/// The recordings in a file: usually one.
///
/// `cat a.wav b.wav`, and for Ogg the links of a chain (RFC 3533, section 4), where a radio stream changes to its next piece.
enum FileParts {
    /// The parts in order. Tags before the first are left out if the decoder does not expect them.
    static func of(_ whole: InputFile) -> [InputFile] {
        let file = withoutLeadingTag(whole)
        let start = file.bytes(at: 0, count: 16)
        let bounds: [Int]
        if let map = SoundMap(of: file) {
            return mapped(file, map)
        } else if start.text(at: 0) == "OggS" {
            bounds = OggPages.links(file)
        } else if start.text(at: 0) == "fLaC" {
            return flac(file)
        } else if start.text(at: 4) == "ftyp" {
            bounds = MovieBoxes.files(file)
        } else if start.starts(with: MatroskaElements.mark) {
            bounds = MatroskaElements.files(file)
        } else {
            return [file]
        }
        return parts(file, bounds)
    }

    private static func parts(_ file: InputFile, _ starts: [Int]) -> [InputFile] {
        guard starts.count > 1 else { return [file] }
        return zip(starts, starts.dropFirst() + [file.size]).map { file.part($0..<$1) }
    }

    /// MP3 and AAC are decoded with their tags, which their decoders expect.
    private static func withoutLeadingTag(_ file: InputFile) -> InputFile {
        let tag = Tags.leadingID3(in: file)
        guard tag > 0, tag < file.size else { return file }
        let rest = file.part(tag..<file.size)
        let isKnown = FileStart.isFile(at: 0, in: rest) || rest.bytes(at: 4, count: 4).text(at: 0) == "ftyp"
        return isKnown || rest.bytes(at: 0, count: 4) == MatroskaElements.mark ? rest : file
    }

    /// Limit for hostile files that consist of headers only.
    private static let mostParts = 100_000

    private static func mapped(_ file: InputFile, _ first: SoundMap) -> [InputFile] {
        var parts: [InputFile] = []
        var rest = file
        var map = first
        while parts.count < mostParts, let next = following(map, in: rest), next > 0 {
            let other = rest.part(next..<rest.size)
            parts.append(rest.part(0..<next))
            rest = other
            guard let nextMap = SoundMap(of: other) else { break }
            map = nextMap
        }
        return parts + [rest]
    }

    /// Start of the next file after the chunks, or within audio of unknown length.
    private static func following(_ map: SoundMap, in file: InputFile) -> Int? {
        let padded = (map.end...map.end + 8).first { FileStart.isFile(at: $0, in: file) }
        if let padded { return padded }
        let uncounted = map.declared == nil ? map.ranges.last?.lowerBound : Tags.firstOther(in: file, from: map.end)
        guard let uncounted, uncounted < file.size else { return nil }
        let name = file.bytes(at: 0, count: 4).text(at: 0)
        return file.find(name, in: uncounted..<file.size) { FileStart.isFile(at: $0, in: file) }
    }

    private static func flac(_ file: InputFile) -> [InputFile] {
        var starts = [0]
        while starts.count < mostParts, let last = starts.last,
            let next = file.find("fLaC", in: last + 4..<file.size, where: { FileStart.isFile(at: $0, in: file) })
        {
            starts.append(next)
        }
        let end = Tags.trailing(in: file)
        return parts(end > (starts.last ?? 0) ? file.part(0..<end) : file, starts)
    }
}
