import CStimmungSndfile
import Foundation

/// Decodes by libsndfile, in the process: WAV, RF64, W64, AIFF, AU, CAF, SPHERE, FLAC, Ogg (Vorbis, Opus) and MP3.
final class SndfileSource: SampleSource {
    let sampleRate: Int
    let channels: Int
    let frames: Int?
    private let file: InputFile
    private let content: VirtualFile
    private let handle: OpaquePointer
    private let info: SF_INFO
    /// Seeking in a lossy stream restarts its decoder, so samples differ from those of a read from the beginning.
    private let seeksExactly: Bool
    private var position = 0
    private(set) var warnings: [RecordingWarning] = []

    /// `nil` if libsndfile does not know the format of the file or refuses it.
    convenience init?(_ file: InputFile) {
        self.init(file, VirtualFile(file, [0..<file.size]), SF_INFO())
    }

    /// Ranges of samples without a header, in the format of another source. `nil` if libsndfile refuses.
    convenience init?(_ ranges: [Range<Int>], of file: InputFile, like other: SndfileSource) {
        guard let bytes = other.bytesPerFrame else { return nil }
        var info = SF_INFO()
        info.samplerate = other.info.samplerate
        info.channels = other.info.channels
        info.format = Int32(SF_FORMAT_RAW) | Int32(other.subtype) | other.endianness
        let whole = ranges.map { $0.lowerBound..<$0.upperBound - $0.count % bytes }.filter { !$0.isEmpty }
        self.init(file, VirtualFile(file, whole), info)
    }

    private init?(_ file: InputFile, _ content: VirtualFile, _ format: SF_INFO) {
        var info = format
        guard let handle = content.openSndfile(&info) else { return nil }
        let container = Int(info.format) & Int(SF_FORMAT_TYPEMASK)
        guard format.format != 0 || Self.containers.contains(container), info.channels > 0 else {
            sf_close(handle)
            return nil
        }
        self.file = file
        self.content = content
        self.handle = handle
        self.info = info
        sampleRate = Int(info.samplerate)
        channels = Int(info.channels)
        seeksExactly = container != Int(SF_FORMAT_OGG) && container != Int(SF_FORMAT_MPEG)
        // libsndfile reports an unknown number as SF_COUNT_MAX or close to it.
        frames = info.frames < Int64.max / 2 ? Int(info.frames) : nil
    }

    deinit {
        sf_close(handle)
    }

    private var subtype: Int { Int(info.format) & Int(SF_FORMAT_SUBMASK) }

    /// Bytes of one sample of every channel; `nil` for compressed formats.
    var bytesPerFrame: Int? { Self.bytesPerSample[subtype].map { $0 * channels } }

    private static let bytesPerSample = [
        Int(SF_FORMAT_PCM_S8): 1, Int(SF_FORMAT_PCM_U8): 1, Int(SF_FORMAT_PCM_16): 2, Int(SF_FORMAT_PCM_24): 3, Int(SF_FORMAT_PCM_32): 4,
        Int(SF_FORMAT_FLOAT): 4, Int(SF_FORMAT_DOUBLE): 8, Int(SF_FORMAT_ULAW): 1, Int(SF_FORMAT_ALAW): 1,
    ]

    /// Byte order of the samples: the explicit one, otherwise the container's.
    private var endianness: Int32 {
        let named = info.format & Int32(SF_FORMAT_ENDMASK)
        if named == Int32(SF_ENDIAN_LITTLE) || named == Int32(SF_ENDIAN_BIG) { return named }
        let isBig = [Int(SF_FORMAT_AIFF), Int(SF_FORMAT_AU), Int(SF_FORMAT_CAF)].contains(Int(info.format) & Int(SF_FORMAT_TYPEMASK))
        return Int32(isBig ? SF_ENDIAN_BIG : SF_ENDIAN_LITTLE)
    }

    /// Whether the number of frames is exact. In compressed formats it may or may not include the encoder's padding.
    private var knowsItsLength: Bool { bytesPerFrame != nil || Int(info.format) & Int(SF_FORMAT_TYPEMASK) == Int(SF_FORMAT_FLAC) }

    /// Other formats of libsndfile are rare, and some have signatures so short that text may match.
    private static let containers: Set<Int> = [
        Int(SF_FORMAT_WAV), Int(SF_FORMAT_WAVEX), Int(SF_FORMAT_RF64), Int(SF_FORMAT_W64), Int(SF_FORMAT_AIFF), Int(SF_FORMAT_AU),
        Int(SF_FORMAT_CAF), Int(SF_FORMAT_NIST), Int(SF_FORMAT_FLAC), Int(SF_FORMAT_OGG), Int(SF_FORMAT_MPEG),
    ]

    func read(frames count: Int) throws(AudioError) -> [Float] {
        var got: sf_count_t = 0
        let samples = [Float](unsafeUninitializedCapacity: count * channels) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            // Writes at most `count × channels` samples.
            got = sf_readf_float(handle, base, sf_count_t(count))
            filled = Int(max(got, 0)) * channels
        }
        position += Int(max(got, 0))
        if got < count { try checkEnd() }
        return samples
    }

    /// Smallest difference from the declared length that is reported, in seconds: encoders pad by less.
    private static let tolerance = 0.15

    private func checkEnd() throws(AudioError) {
        let missing = max(0, (frames ?? 0) - position)
        // A frame cut in two is an error to the FLAC decoder: it is then at the end of the file.
        // If all declared frames were read, the error concerns the tags after them.
        if sf_error(handle) != 0, !(missing > 0 && content.isAtEnd), frames == nil || missing > 0 {
            let reason = String(cString: sf_strerror(handle)).trimmingPrefix("Error : ")
            throw .corrupt(file: file.path, reason: reason.hasSuffix(".") ? String(reason.dropLast()) : String(reason))
        }
        guard missing > 0, let frames else { return }
        let (read, promised) = (Double(position) / Double(sampleRate), Double(frames) / Double(sampleRate))
        if knowsItsLength { throw .truncated(file: file.path, there: read, promised: promised) }
        if promised - read > Self.tolerance, warnings.isEmpty { warnings = [.shorterThanDeclared(declared: promised, read: read)] }
    }

    func skip(frames count: Int) throws(AudioError) {
        guard count > 0 else { return }
        let target = min(position + count, frames ?? .max)
        if seeksExactly, sf_seek(handle, sf_count_t(target), Int32(SEEK_SET)) == sf_count_t(target) {
            position = target
        } else {
            try readAndDrop(frames: count, inBlocksOf: 4096)
        }
    }
}

/// Opens a file by its descriptor, which stays open and belongs to the caller. `nil` with `errno` if libsndfile fails.
///
/// libsndfile gets a duplicate to close: even if told not to close a descriptor, it does so when opening fails (its issue 949), and
/// closing a descriptor twice may close a file that another thread has just opened.
func openSndfile(_ descriptor: Int32, _ mode: Int32, _ info: inout SF_INFO) -> OpaquePointer? {
    let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard duplicate >= 0 else { return nil }
    return sf_open_fd(duplicate, mode, &info, 1)
}
