#if Server
import Foundation
import StimmungTestSupport
import Testing

private let describingPython = Python(importing: "openapi_spec_validator, prometheus_client, yaml")
private let schemaPython = Python(importing: "schemathesis")

/// The server does what `/openapi.yaml` says, by independent programs of PyPI.
@Suite(.serialized) struct DescriptionTests {
    @Test(
        "The description is valid OpenAPI, and Prometheus can read the metrics",
        .enabled(if: describingPython != nil, "needs the packages of Tests/requirements.txt"))
    func validity() throws {
        let python = try #require(describingPython)
        let server = try RunningServer()
        _ = try server.request("POST", "/v1/predict", body: Data("not audio".utf8))
        let found = try python.run([scripts + "/describe.py", "\(server.port)"])
        #expect(found.hasPrefix("valid "))
        for name in ["stimmung_requests", "stimmung_request_seconds", "stimmung_sessions", "stimmung_recordings"] {
            #expect(found.contains(" \(name)"), "\(found)")
        }
        let text = try server.request("GET", "/metrics").text
        #expect(text.contains("stimmung_requests_total{route=\"/v1/predict\",method=\"POST\",status=\"415\"} 1\n"))
    }

    /// Cases per operation: STIMMUNG_SCHEMA_CASES, or few.
    private let cases = ProcessInfo.processInfo.environment["STIMMUNG_SCHEMA_CASES"] ?? "10"

    @Test(
        "schemathesis finds no answer that differs from the description",
        .enabled(if: schemaPython != nil, "needs the packages of Tests/requirements.txt"))
    func conformance() throws {
        let python = try #require(schemaPython)
        let server = try RunningServer()
        let folder = try TemporaryFolder()
        let found = try python.output([
            "-c", "import os, sys; os.chdir(sys.argv.pop(1)); from schemathesis.cli import schemathesis; schemathesis()", folder.path,
            "run",
            "http://localhost:\(server.port)/openapi.yaml", "--max-examples", cases, "--seed", "1", "--no-color", "--phases",
            "examples,coverage,fuzzing",
            "--suppress-health-check", "all",
            // Random bytes are a body by the description, and no recording: 4xx is right.
            "--exclude-checks", "positive_data_acceptance",
        ])
        #expect(found.contains(#/(\d+) generated, \1 passed/#) && found.contains("Tested: 12"), "\(found.suffix(6000))")
        #expect(server.isRunning)
    }

    private var scripts: String { URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("python").path }
}
#endif
