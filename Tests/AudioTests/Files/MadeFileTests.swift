import Foundation
import StimmungTestSupport
import Testing

/// Files that ffmpeg and sox make: read to the referee's duration, or with a warning or an error that tells why not.
@Suite(.enabled(if: ffmpegIsThere, needsFFmpeg))
struct MadeFileTests {
    private static let isLong = ProcessInfo.processInfo.environment["STIMMUNG_LONG"] == "1"
    private static let everyHowMany = 14

    /// All with `STIMMUNG_LONG=1`, otherwise every fourteenth.
    private static let files = MadeFile.all.enumerated().filter { isLong || $0.offset.isMultiple(of: everyHowMany) }.map(\.element)

    @Test(arguments: files.filter { !$0.needsSox })
    func aFileMadeByFFmpegIsReadWhole(_ file: MadeFile) throws { try check(file) }

    @Test(
        .enabled(if: isInstalled("sox"), "sox is not installed (apt-get install sox libsox-fmt-all)"), arguments: files.filter(\.needsSox))
    func aFileMadeBySoxIsReadWhole(_ file: MadeFile) throws { try check(file) }

    @Test func thereAreThreeHundred() {
        #expect(MadeFile.all.count >= 300)
        #expect(Set(MadeFile.all.map(\.script)).count == MadeFile.all.count)
    }

    private func check(_ file: MadeFile) throws {
        let scratch = try TemporaryFolder()
        if let problem = try file.problem(in: scratch.path) { Issue.record("\(file.name): \(problem)") }
    }
}
