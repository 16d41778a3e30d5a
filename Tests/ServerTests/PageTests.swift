#if Server
import Foundation
import StimmungTestSupport
import Testing

/// The page in a browser: live probabilities, a dropped recording, a voice, accessibility. `Tests/page/page_test.py` has the steps.
@Suite struct PageTests {
    private static let emodb = TestData.corpus("emodb")
    private static let hasBrowser = ["/usr/bin/chromium", "/usr/bin/chromedriver"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(
        .enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"),
        .enabled(if: hasBrowser, "needs Debian's chromium and chromium-driver"))
    func thePageWorksInABrowser() throws {
        let python = try #require(Python(importing: "selenium, axe_core_python"), "needs the packages of Tests/requirements.txt")
        let folder = try TemporaryFolder()
        for name in ["03a01Fa", "03a01Wa", "03a02Nc", "03a04Ad", "03a04Ta", "03a05Fc", "03a05Wb", "03b02La"] {
            let file = "\(Self.emodb ?? "")/wav/\(name).wav"
            if FileManager.default.fileExists(atPath: file) {
                try FileManager.default.copyItem(atPath: file, toPath: folder.file("\(name).wav"))
            }
        }
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "page/page_test.py")
        let server = try RunningServer()
        let output = try python.run([script.path(percentEncoded: false), "http://127.0.0.1:\(server.port)", folder.path])
        #expect(output.contains("the page passes") && server.isRunning, "\(output)")
    }
}
#endif
