import Foundation
import StimmungSupport

/// Encodes as MP3 and decodes again, by the `ffmpeg` program with libmp3lame. Temporary files have no names, so none is left behind.
///
/// The encoder stores its delay and padding in the file, and the decoder removes them, so the audio is not shifted.
struct Codec {
    let kilobits: Int
    let ffmpeg: FFmpeg

    /// Sampling rates of MPEG 1, 2 and 2.5, in Hz.
    private static let rates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000]

    func apply(to samples: [Float], sampleRate: Int) throws(AudioError) -> [Float] {
        let rate = Self.rates.first { $0 >= sampleRate } ?? 48000
        let sound = try Resampler.resample(samples, from: sampleRate, to: rate)
        let raw = try Self.temporary(holding: Self.bytes(sound))
        let coded = try Self.temporary(holding: Data())
        try run([
            "-y", "-f", "f32le", "-ar", "\(rate)", "-ac", "1", "-i", "file:\(raw.path)", "-c:a", "libmp3lame", "-b:a", "\(kilobits)k",
            "-f", "mp3", "file:\(coded.path)",
        ])
        let heard = try decode(coded.path, count: sound.count, sampleRate: rate)
        return try Resampler.resample(heard, from: rate, to: sampleRate).fitted(to: samples.count)
    }

    private static func temporary(holding bytes: Data) throws(AudioError) -> TemporaryFile {
        do {
            let file = try TemporaryFile()
            try file.append(bytes)
            return file
        } catch {
            throw .codecFailed(reason: "a temporary file in \(temporaryFolder) cannot be created (\(inSentence(error.reason)))")
        }
    }

    private static func bytes(_ samples: [Float]) -> Data {
        var bytes = Data(capacity: 4 * samples.count)
        for sample in samples { withUnsafeBytes(of: sample.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// Runs ffmpeg with progress reports: without output, the encoder would be killed for silence.
    private func run(_ arguments: [String]) throws(AudioError) {
        guard let executable = ffmpeg.executable else { throw .codecFailed(reason: "the program \(ffmpeg.program) is not on the PATH") }
        let outcome: ChildProcess.Outcome
        do {
            let child = try ChildProcess(
                executable: executable, arguments: ["-nostdin", "-v", "error", "-progress", "pipe:1"] + arguments,
                environment: ["AV_LOG_FORCE_NOCOLOR": "1"], limits: .init(silence: ffmpeg.stallLimit))
            outcome = try child.outcome()
        } catch {
            throw .codecFailed(reason: error.reason)
        }
        guard outcome.ending == .exited(status: 0) else {
            throw .codecFailed(reason: "ffmpeg reported \"\(FFmpegSource.lastLine(outcome.errorText) ?? outcome.ending.words)\"")
        }
    }

    private func decode(_ path: String, count: Int, sampleRate: Int) throws(AudioError) -> [Float] {
        let source: FFmpegSource
        let samples: [Float]
        do {
            source = try FFmpegSource(InputFile(path: path), ffmpeg)
            samples = try source.read(frames: count)
        } catch {
            throw .codecFailed(reason: "the encoded file cannot be decoded (\(error))")
        }
        guard source.sampleRate == sampleRate, source.channels == 1 else {
            throw .codecFailed(reason: "the decoded file has \(source.channels) channels at \(source.sampleRate) Hz")
        }
        return samples
    }
}
