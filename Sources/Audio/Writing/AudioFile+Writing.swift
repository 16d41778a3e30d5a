import CStimmungSndfile
import Foundation
import StimmungSupport

extension AudioFile {
    /// Writes one channel as WAV with 16 bits: round(32768 · x), clipped to −1 … 1.
    ///
    /// The file is written atomically. The same samples always give the same bytes. Samples from a file with 16 bits are reproduced exactly.
    ///
    /// - Parameters:
    ///   - samples: the samples.
    ///   - sampleRate: in Hz.
    ///   - path: path of the file.
    ///   - waitsForDisk: false does not flush to the disk, for files that can be made again.
    /// - Throws: `badSampleRate`, `notFinite`, `notWritable` (no such folder, no permission, disk full, over 2³¹ − 100 bytes).
    public static func writeWAV(_ samples: [Float], sampleRate: Int, to path: String, waitsForDisk: Bool = true) throws(AudioError) {
        guard sampleRates.contains(sampleRate) else { throw .badSampleRate(rate: sampleRate) }
        if let bad = samples.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(file: path, time: Double(bad) / Double(sampleRate))
        }
        let draft: AtomicFile.Draft
        do { draft = try AtomicFile.Draft(of: path) } catch { throw notWritable(error) }
        try encodeWAV(samples, sampleRate: sampleRate, into: draft.descriptor, named: path)
        do { try draft.commit(waitsForDisk: waitsForDisk) } catch { throw notWritable(error) }
    }

    private static func notWritable(_ failure: AtomicFile.Failure) -> AudioError {
        .notWritable(file: failure.path, reason: inSentence(failure.reason))
    }

    /// Writes a WAV to an open file, which stays open; `path` is for error messages.
    package static func encodeWAV(
        _ samples: [Float], sampleRate: Int, into descriptor: Int32, named path: String
    ) throws(AudioError) {
        // Sizes in the header have 32 bits, and some readers treat them as signed.
        guard samples.count < (1 << 30) - 50 else {
            throw .notWritable(file: path, reason: "\(samples.count) samples are more than a WAV file holds")
        }
        var info = SF_INFO()
        info.samplerate = Int32(sampleRate)
        info.channels = 1
        info.format = Int32(SF_FORMAT_WAV) | Int32(SF_FORMAT_PCM_16)
        // Writes the header; the disk may be full already.
        guard let handle = openSndfile(descriptor, Int32(SFM_WRITE), &info) else {
            throw .notWritable(file: path, reason: systemReason(errno))
        }
        var written = true
        let block = 1 << 16
        for start in stride(from: 0, to: samples.count, by: block) where written {
            let part = samples[start..<min(start + block, samples.count)].map { sample in
                Int16(min(max((sample * 32768).rounded(), -32768), 32767))
            }
            written = sf_write_short(handle, part, sf_count_t(part.count)) == sf_count_t(part.count)
        }
        let number = errno
        // Closing writes the sizes into the header.
        let closed = sf_close(handle) == 0
        if !written || !closed {
            throw .notWritable(file: path, reason: systemReason(written ? errno : number))
        }
    }
}
