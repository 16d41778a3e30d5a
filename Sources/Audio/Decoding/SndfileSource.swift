import CStimmungSndfile
import Foundation

/// Decodes by libsndfile, in the process: WAV, RF64, W64, AIFF, AU, CAF, SPHERE, FLAC, Ogg (Vorbis, Opus) and MP3.
final class SndfileSource: SampleSource {
    let sampleRate: Int
    let channels: Int
    let frames: Int?
    private let file: InputFile
    private let handle: OpaquePointer
    /// Seeking in a lossy stream restarts its decoder, and what follows is not what a read from the beginning gives.
    private let seeksExactly: Bool
    private var position = 0

    /// `nil` where libsndfile does not know the format of the file or refuses it.
    init?(_ file: InputFile) {
        var info = SF_INFO()
        guard let handle = openSndfile(file.descriptor, Int32(SFM_READ), &info) else { return nil }
        let container = Int(info.format) & Int(SF_FORMAT_TYPEMASK)
        guard Self.containers.contains(container), info.channels > 0 else {
            sf_close(handle)
            return nil
        }
        self.file = file
        self.handle = handle
        sampleRate = Int(info.samplerate)
        channels = Int(info.channels)
        seeksExactly = container != Int(SF_FORMAT_OGG) && container != Int(SF_FORMAT_MPEG)
        // SF_COUNT_MAX, or close to it, is libsndfile's word for an unknown number.
        frames = info.frames < Int64.max / 2 ? Int(info.frames) : nil
    }

    deinit {
        sf_close(handle)
    }

    /// Other formats of libsndfile are rare, and some are recognised by so little that text may pass for them.
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
        if got < count {
            let missing = frames.map { position < $0 } ?? false
            // A frame cut in two is an error to the FLAC decoder: it is then at the end of the file.
            let atEnd = lseek(file.descriptor, 0, SEEK_CUR) >= file.size
            if sf_error(handle) != 0, !(missing && atEnd) {
                let reason = String(cString: sf_strerror(handle)).trimmingPrefix("Error : ")
                throw .corrupt(file: file.path, reason: reason.hasSuffix(".") ? String(reason.dropLast()) : String(reason))
            }
            if missing, let frames {
                throw .truncated(
                    file: file.path, there: Double(position) / Double(sampleRate), promised: Double(frames) / Double(sampleRate))
            }
        }
        return samples
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

/// Opens a file by its descriptor, which stays open and the caller's. `nil`, with `errno`, where libsndfile cannot.
///
/// libsndfile gets a duplicate to close: told not to close a descriptor, it does so all the same when opening fails (its issue 949),
/// and closing a number twice may hit a file that another thread has just opened.
func openSndfile(_ descriptor: Int32, _ mode: Int32, _ info: inout SF_INFO) -> OpaquePointer? {
    let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard duplicate >= 0 else { return nil }
    return sf_open_fd(duplicate, mode, &info, 1)
}
