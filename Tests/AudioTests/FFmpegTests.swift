import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// How the child process is held on to, with programs that pass for ffmpeg.
struct FFmpegTests {
    let scratch: TemporaryFolder
    /// A file that libsndfile does not know.
    let path: String

    init() throws {
        scratch = try TemporaryFolder()
        path = try scratch.write("a.m4a", "no recording")
    }

    private func error(_ ffmpeg: FFmpeg) -> AudioError? {
        #expect(throws: AudioError.self) { try AudioFile.read(AudioSegment(path: path), ffmpeg: ffmpeg) }
    }

    private func isRunning(_ process: pid_t) -> Bool { kill(process, 0) == 0 }

    private func processIdentifier() throws -> pid_t {
        let text = try scratch.text("pid")
        return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    @Test func missing() throws {
        for searchPath in ["", scratch.path, "/no/such/folder:relative:."] {
            let result = error(FFmpeg(searchPath: searchPath))
            #expect(result == .ffmpegMissing(file: path, program: "ffmpeg"))
            #expect(result?.description.contains("apt-get install ffmpeg") == true)
        }
        // What libsndfile reads needs no ffmpeg.
        let samples: [Float] = [0, 0.5, -0.5]
        let sound = try scratch.write("a.wav", Wave.pcm16(samples).bytes)
        #expect(try AudioFile.read(AudioSegment(path: sound), ffmpeg: FFmpeg(searchPath: "")) == samples)
    }

    @Test func aFolderOrAPlainFileIsNoProgram() throws {
        try scratch.write("ffmpeg", [1])
        #expect(FFmpeg(searchPath: scratch.path).executable == nil)
        try FileManager.default.removeItem(atPath: scratch.file("ffmpeg"))
        try FileManager.default.createDirectory(atPath: scratch.file("ffmpeg"), withIntermediateDirectories: false)
        #expect(FFmpeg(searchPath: scratch.path).executable == nil)
    }

    @Test func failureQuotesTheLastLine() throws {
        let bin = try scratch.fakeProgram("ffmpeg", "echo first >&2; echo 'Out of luck' >&2; echo >&2; exit 3")
        #expect(error(FFmpeg(searchPath: bin)) == .ffmpegFailed(file: path, reason: "Out of luck"))
        let silent = try scratch.fakeProgram("ffmpeg", "exit 3")
        #expect(error(FFmpeg(searchPath: silent)) == .ffmpegFailed(file: path, reason: "exit status 3"))
        let shot = try scratch.fakeProgram("ffmpeg", "kill -9 $$")
        #expect(error(FFmpeg(searchPath: shot)) == .ffmpegFailed(file: path, reason: "killed by signal 9"))
    }

    @Test func muchErrorOutputDoesNoHarm() throws {
        let bin = try scratch.fakeProgram(
            "ffmpeg",
            "i=0; while [ $i -lt 5000 ]; do echo 'a line of forty letters, more or less ....' >&2; i=$((i+1)); done; echo last >&2; exit 1")
        #expect(error(FFmpeg(searchPath: bin)) == .ffmpegFailed(file: path, reason: "last"))
    }

    @Test func outputThatIsNoWAV() throws {
        let bin = try scratch.fakeProgram("ffmpeg", "exec yes")
        #expect(error(FFmpeg(searchPath: bin)) == .ffmpegFailed(file: path, reason: "it returned no audio"))
    }

    @Test func silenceIsEnded() throws {
        let bin = try scratch.fakeProgram("ffmpeg", "echo $$ > '\(scratch.file("pid"))'; exec sleep 60")
        let begin = ContinuousClock.now
        #expect(
            error(FFmpeg(searchPath: bin, stallLimit: 0.5))
                == .ffmpegFailed(file: path, reason: "no output for 0.5 seconds, so it was killed")
        )
        #expect(ContinuousClock.now - begin < .seconds(20))
        #expect(try !isRunning(processIdentifier()))
    }

    /// Its outputs are closed, but it does not end.
    @Test func lingeringIsEnded() throws {
        let bin = try scratch.fakeProgram("ffmpeg", "echo $$ > '\(scratch.file("pid"))'; exec sleep 60 >/dev/null 2>&1")
        #expect(error(FFmpeg(searchPath: bin, stallLimit: 0.5)) == .ffmpegFailed(file: path, reason: "killed by signal 9"))
        #expect(try !isRunning(processIdentifier()))
    }

    /// libsndfile closes what it is told to leave open; closing it once more here could hit the file of another thread.
    @Test func noDescriptorIsClosedTwice() throws {
        let path = path
        let failures = Results<Bool>()
        let held = scratch.file("held")
        try scratch.write("held", [7])
        DispatchQueue.concurrentPerform(iterations: 4) { worker in
            for _ in 0..<300 {
                if worker < 2 {
                    _ = try? AudioFile.read(AudioSegment(path: path), ffmpeg: FFmpeg(searchPath: ""))
                } else {
                    let descriptor = open(held, O_RDONLY)
                    var byte: UInt8 = 0
                    usleep(20)
                    failures.add(pread(descriptor, &byte, 1, 0) != 1 || byte != 7 || close(descriptor) != 0)
                }
            }
        }
        #expect(failures.all.count == 600)
        #expect(!failures.all.contains(true))
    }

    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg))
    func theChildEndsWithTheReader() throws {
        let real = try #require(FFmpeg().executable)
        let bin = try scratch.fakeProgram("ffmpeg", "echo $$ > '\(scratch.file("pid"))'; exec \(real) \"$@\"")
        try scratch.ffmpeg(["-f", "lavfi", "-i", "sine=sample_rate=16000:duration=600", "-c:a", "flac", scratch.file("long.mka")])
        var reader: AudioReader? = try AudioReader(AudioSegment(path: scratch.file("long.mka")), ffmpeg: FFmpeg(searchPath: bin))
        #expect(try reader?.read(maximum: 100).count == 100)
        let process = try processIdentifier()
        #expect(isRunning(process))
        reader = nil
        #expect(!isRunning(process))
    }
}
