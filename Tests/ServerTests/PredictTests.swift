#if Server
import Foundation
import Stimmung
import StimmungAudio
import StimmungTestSupport
import Testing

@Suite(.serialized, .enabled(if: !TestData.emodb.isEmpty, "needs STIMMUNG_DATA"))
struct PredictTests {
    /// What `stimmung predict` prints for a recording, as one object.
    private func printed(_ file: String, in folder: String, _ options: [String] = []) throws -> String {
        let text = try runProgram("sh", ["-c", "cd \"$0\" && exec \"$@\"", folder, RunningServer.program, "predict", file] + options)
        // Without the brackets of the list.
        return options.contains("--format") && !options.contains("json")
            ? text : String(text.trimmingPrefix("[\n").dropLast("\n]\n".count)) + "\n"
    }

    /// Ten recordings, each in one of the formats; with `STIMMUNG_LONG=1`, fifty recordings in all of them.
    @Test("Recordings in eight formats give what predict prints")
    func formats() throws {
        let server = try RunningServer()
        let folder = try TemporaryFolder()
        let endings = ["wav", "flac", "mp3", "ogg", "m4a", "webm", "mp4", "aiff"]
        var cases = TestData.emodb.enumerated().map { (recording: $1, ending: endings[$0 % endings.count]) }
        if ProcessInfo.processInfo.environment["STIMMUNG_LONG"] == "1" {
            let all = try FileManager.default.contentsOfDirectory(
                at: TestData.emodb[0].deletingLastPathComponent(), includingPropertiesForKeys: nil
            ).filter { $0.pathExtension == "wav" }.sorted { $0.path < $1.path }
            cases = (0..<50).flatMap { number in endings.map { (all[number * all.count / 50], $0) } }
        }
        for (number, (recording, ending)) in cases.enumerated() {
            let name = "\(number) näme.\(ending)"
            let options = ending == "ogg" || ending == "webm" ? ["-c:a", "libopus", "-ar", "48000"] : []
            try runProgram("ffmpeg", ["-loglevel", "error", "-i", recording.path] + options + [folder.file(name)])
            let content = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
            let expected = try printed(name, in: folder.path, ["--format", "json", "--timeline"])
            let answer = try server.post("/v1/predict?timeline=true", [("audio", name, content)])
            #expect(answer.status == 200)
            #expect(answer.text == expected)
        }
    }

    @Test("Every format of the answer is that of predict; a raw body has no name")
    func answers() throws {
        let server = try RunningServer()
        let folder = try TemporaryFolder()
        let content = try Data(contentsOf: TestData.emodb[0])
        try content.write(to: URL(fileURLWithPath: folder.file("a.wav")))
        for (query, options) in [
            ("format=csv&timeline=true", ["--format", "csv", "--timeline"]), ("format=text", ["--format", "text"]),
            ("format=textgrid&timeline=true", ["--format", "textgrid", "--timeline"]), ("format=srt", ["--format", "srt"]),
            ("format=rttm", ["--format", "rttm"]), ("format=jsonl&affect=true", ["--format", "jsonl", "--affect"]),
            ("reject=1", ["--format", "json", "--reject", "1"]), ("channels=louder", ["--format", "json", "--channels", "louder"]),
            ("timeline=true&window=0.5", ["--format", "json", "--timeline", "--window", "0.5"]),
        ] {
            #expect(
                try server.post("/v1/predict?\(query)", [("audio", "a.wav", content)]).text == printed("a.wav", in: folder.path, options))
        }
        let named = try server.post("/v1/predict", [("audio", "a.wav", content)]).text
        let raw = try server.request("POST", "/v1/predict", headers: ["Content-Type": "audio/wav"], body: content).text
        #expect(raw == named.replacing("\"a.wav\"", with: "null"))
    }

    @Test("The classification has the probabilities of the prediction, the highest first")
    func classification() throws {
        let server = try RunningServer()
        let content = try Data(contentsOf: TestData.emodb[1])
        let prediction = try server.request("POST", "/v1/predict", body: content).json()
        let answer = try server.request("POST", "/v1/audio/classification", body: content)
        let entries = try #require(try JSONSerialization.jsonObject(with: answer.body) as? [[String: Any]])
        let scores = entries.compactMap { $0["score"] as? Double }
        #expect(scores == scores.sorted(by: >))
        #expect(entries.first?["label"] as? String == prediction["label"] as? String)
        let probabilities = try #require(prediction["probabilities"] as? [String: Double])
        #expect(
            Dictionary(uniqueKeysWithValues: entries.map { ($0["label"] as? String ?? "", $0["score"] as? Double ?? -1) }) == probabilities)
    }

    @Test("Enrolment by HTTP and predict with the voice give what the commands give, also after a restart")
    func voices() throws {
        let folder = try TemporaryFolder()
        let kept = folder.file("voices")
        let own = Array(
            try FileManager.default.contentsOfDirectory(atPath: TestData.emodb[0].deletingLastPathComponent().path)
                .filter { $0.hasPrefix("03") && $0.hasSuffix(".wav") }.sorted().prefix(9))
        let paths = own.map { TestData.emodb[0].deletingLastPathComponent().appendingPathComponent($0) }
        for path in paths { try FileManager.default.copyItem(at: path, to: URL(fileURLWithPath: folder.file(path.lastPathComponent))) }
        let enrolled = Array(own.prefix(8))
        try runProgram(
            "sh", ["-c", "cd \"$0\" && exec \"$@\"", folder.path, RunningServer.program, "enrol", "-q", "-o", "anna.voice"] + enrolled)
        let expected = try printed(own[8], in: folder.path, ["--format", "json", "--voice", "anna.voice"])

        var server = try RunningServer(["--voices", kept])
        let parts = try paths.prefix(8).map { ("audio", Optional($0.lastPathComponent), try Data(contentsOf: $0)) }
        let answer = try server.post("/v1/voices?name=anna", parts)
        #expect(answer.status == 201 && answer.headers["location"] == "/v1/voices/anna")
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: kept + "/anna.voice"))
                == Data(contentsOf: URL(fileURLWithPath: folder.file("anna.voice"))))
        let test = [(name: "audio", filename: Optional(own[8]), content: try Data(contentsOf: paths[8]))]
        #expect(try server.post("/v1/predict?voice=anna", test).text == expected)
        #expect(try server.post("/v1/predict", test).text != expected)

        server.send(SIGKILL)
        _ = server.wait()
        server = try RunningServer(["--voices", kept])
        #expect(try server.request("GET", "/v1/voices/anna").text == answer.text)
        #expect(try server.post("/v1/predict?voice=anna", test).text == expected)
        #expect(try server.request("DELETE", "/v1/voices/anna").status == 204)
        #expect(try server.request("DELETE", "/v1/voices/anna").status == 404)
        #expect(try server.post("/v1/predict?voice=anna", test).code == "request.unknown-voice")
        #expect(try FileManager.default.contentsOfDirectory(atPath: kept).isEmpty)
        #expect(try server.request("POST", "/v1/voices?name=..%2Fx", body: test[0].content).code == "request.query")
    }

    @Test("A source is what has been heard of it before, and not the recording itself")
    func sources() throws {
        let server = try RunningServer()
        let (first, second) = (TestData.emodb[2], TestData.emodb[3])
        func answer(_ recording: URL, _ query: String) throws -> String {
            try server.request("POST", "/v1/predict\(query)", body: try Data(contentsOf: recording)).text
        }
        let plain = try answer(second, "")
        #expect(try answer(second, "?source=studio") == plain)
        #expect(try answer(first, "?source=line-1") == answer(first, ""))
        let recogniser = try Recogniser(Model.builtIn())
        let heard = try recogniser.source(of: [AudioSegment(path: first.path)])
        var expected = try recogniser.adapting(to: heard).predict(path: second.path)
        expected.file = ""
        var layout = PredictionLayout(format: .jsonl, classes: recogniser.model.labels, segments: false)
        layout.names = false
        var writer = PredictionWriter(layout)
        let adapted = try answer(second, "?source=line-1")
        #expect(try adapted == writer.item(.success(expected)))
        #expect(adapted != plain)
        // Learnt since: both recordings.
        #expect(try answer(second, "?source=line-1") != adapted)
        #expect(try answer(second, "") == plain)
        #expect(try server.request("POST", "/v1/predict?source=..", body: Data()).code == "request.query")
    }

    @Test("A model that cannot adapt to a source refuses one")
    func fixedModel() throws {
        let folder = try TemporaryFolder()
        try ModelParts.loudness().write(folder.file("loudness.safetensors"))
        let server = try RunningServer(["--model", folder.file("loudness.safetensors")])
        let content = try Data(contentsOf: TestData.emodb[0])
        #expect(try server.request("POST", "/v1/predict", body: content).status == 200)
        let answer = try server.request("POST", "/v1/predict?source=line-1", body: content)
        #expect(answer.status == 422 && answer.code == "source.not-usable", "\(answer.text)")
    }

    @Test("The log has no name of a file, a voice or a source")
    func log() throws {
        let folder = try TemporaryFolder()
        let server = try RunningServer(["--voices", folder.path])
        let content = try Data(contentsOf: TestData.emodb[0])
        let part = [(name: "audio", filename: Optional("Private.wav"), content: content)]
        #expect(try server.post("/v1/voices?name=private", part).status == 201)
        #expect(try server.post("/v1/predict?voice=private&source=private-line", part).status == 200)
        #expect(try server.request("DELETE", "/v1/voices/private").status == 204)
        #expect(try server.post("/v1/predict?voice=private", part).status == 404)
        #expect(try server.post("/v1/predict", [("audio", "Private.wav", Data("private".utf8))]).status == 415)
        #expect(server.logText.components(separatedBy: "route=/v1/predict").count == 4, "\(server.logText)")
        #expect(!server.logText.lowercased().contains("private"), "\(server.logText)")
    }

    @Test("The front end's picture has the size that was asked for, and the loudest value")
    func frontEnd() throws {
        let server = try RunningServer()
        let answer = try server.request("POST", "/v1/front-end?columns=100", body: try Data(contentsOf: TestData.emodb[0])).json()
        let waveform = try #require(answer["waveform"] as? [String: [Double]])
        #expect(waveform["min"]?.count == 100 && waveform["max"]?.count == 100)
        #expect(zip(waveform["min"] ?? [], waveform["max"] ?? []).allSatisfy { -1 <= $0 && $0 <= $1 && $1 <= 1 })
        let picture = try #require(answer["spectrogram"] as? [String: Any])
        let data = try #require(Data(base64Encoded: picture["data"] as? String ?? ""))
        let (bands, frames) = (picture["bands"] as? Int ?? 0, picture["frames"] as? Int ?? 0)
        #expect(data.count == bands * frames && (1...100).contains(frames) && data.max() == 255)
        let covered = Double(frames) * (picture["hop"] as? Double ?? 0)
        let duration = try #require(answer["duration"] as? Double)
        #expect(abs(covered - duration) < 0.2)
    }
}
#endif
