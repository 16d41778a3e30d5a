import Foundation
import StimmungSupport

/// MP3 and back, by the `ffmpeg` program and its libmp3lame, through files in a folder of its own that is removed.
///
/// The encoder notes in the file how many samples it put before and after the sound, and the decoder drops as many: nothing moves.
struct Codec {
    let kilobits: Int
    let ffmpeg: FFmpeg

    /// Sampling rates of MPEG 1, 2 and 2.5, in Hz.
    private static let rates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000]

    func apply(to samples: [Float], sampleRate: Int) throws(AudioError) -> [Float] {
        let rate = Self.rates.first { $0 >= sampleRate } ?? 48000
        let sound = try Resampler.resample(samples, from: sampleRate, to: rate)
        let folder = try Self.makeFolder()
        defer { folder.remove() }
        let raw = folder.file("sound.f32")
        let coded = folder.file("sound.mp3")
        try Self.write(sound, to: raw)
        try run([
            "-f", "f32le", "-ar", "\(rate)", "-ac", "1", "-i", "file:\(raw)", "-c:a", "libmp3lame", "-b:a", "\(kilobits)k", "file:\(coded)",
        ])
        let heard = try decode(coded, count: sound.count, sampleRate: rate)
        return try Resampler.resample(heard, from: rate, to: sampleRate).fitted(to: samples.count)
    }

    private static func makeFolder() throws(AudioError) -> PrivateFolder {
        do { return try PrivateFolder() } catch { throw .codecFailed(reason: "no temporary folder (\(inSentence(error.reason)))") }
    }

    private static func write(_ samples: [Float], to path: String) throws(AudioError) {
        var bytes = Data(capacity: 4 * samples.count)
        for sample in samples { withUnsafeBytes(of: sample.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        do {
            try bytes.write(to: URL(fileURLWithPath: path))
        } catch {
            throw .codecFailed(reason: "no temporary file (\(StimmungSupport.reason(of: error)))")
        }
    }

    /// Runs ffmpeg to its end, with progress reports: an encoder without output would be taken for one that hangs.
    private func run(_ arguments: [String]) throws(AudioError) {
        guard let executable = ffmpeg.executable else { throw .codecFailed(reason: "there is no program \(ffmpeg.program) on the PATH") }
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
            throw .codecFailed(reason: "what was encoded cannot be decoded (\(error))")
        }
        guard source.sampleRate == sampleRate, source.channels == 1 else {
            throw .codecFailed(reason: "what came back has \(source.channels) channels at \(source.sampleRate) Hz")
        }
        return samples
    }
}
