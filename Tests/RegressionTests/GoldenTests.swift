import Testing

/// Tests of the comparison: its reports, and which results a recording may replace.
struct GoldenTests {
    private let golden = Golden(
        versions: ["revision": "1"], checksums: ["here": ["a": "1f"], "elsewhere": ["a": "2f"]], values: ["a": [1, 100]])

    private let tolerance = Golden.Tolerance(relative: 1e-3)

    private func measured(revision: String = "1", checksum: String = "1f", values: [Double] = [1, 100]) -> Measurement {
        var measurement = Measurement(versions: ["revision": revision])
        measurement.add("a", checksum: checksum, values: values)
        return measurement
    }

    @Test func equalBits() {
        #expect(golden.compare(measured(), platform: "here", tolerance: tolerance) == .same)
    }

    @Test func otherBitsOfSimilarValues() {
        let other = measured(checksum: "3f", values: [1.0005, 100])
        #expect(
            golden.compare(other, platform: "here", tolerance: tolerance)
                == .changed(["a: values agree within the tolerance, but exact bits changed"]))
        #expect(golden.compare(other, platform: "unknown", tolerance: tolerance) == .withinTolerance)
    }

    @Test(arguments: [[1, 101], [1.1, 100], [1], [1, .nan]] as [[Double]])
    func otherValuesAreReportedOnAnyPlatform(values: [Double]) {
        for platform in ["here", "unknown"] {
            let comparison = golden.compare(measured(values: values), platform: platform, tolerance: tolerance)
            guard case .changed(let changes) = comparison else {
                Issue.record("\(values) on \(platform): \(comparison)")
                continue
            }
            #expect(changes.count == 1 && changes[0].hasPrefix("a: "))
        }
    }

    @Test func itemsAreNeitherLostNorAdded() {
        var more = measured()
        more.add("b", values: [1])
        #expect(golden.compare(more, platform: "here", tolerance: tolerance) == .changed(["b: was not recorded"]))
        #expect(
            golden.compare(Measurement(versions: ["revision": "1"]), platform: "here", tolerance: tolerance)
                == .changed(["a: is no longer measured"]))
    }

    @Test func aRecordingAddsNewItemsAndKeepsOthers() {
        var more = measured(checksum: "9f", values: [7, 7])
        more.add("b", checksum: "5f", values: [3])
        var recorded = golden
        recorded.addNewItems(of: more, platform: "here")
        #expect(recorded.values == ["a": [1, 100], "b": [3]])
        #expect(recorded.checksums == ["here": ["a": "1f", "b": "5f"], "elsewhere": ["a": "2f"]])
        // A change of the old item is still reported.
        guard case .changed(let changes) = recorded.compare(more, platform: "here", tolerance: tolerance) else {
            Issue.record("a change was not detected")
            return
        }
        #expect(changes.count == 1 && changes[0].hasPrefix("a: "))
    }

    @Test func aRaisedVersionAsksForARecording() {
        let raised = measured(revision: "2", checksum: "3f", values: [2, 100])
        #expect(golden.compare(raised, platform: "here", tolerance: tolerance) == .outdated)
        var recorded = golden
        recorded.update(raised, platform: "here")
        #expect(recorded == Golden(versions: ["revision": "2"], checksums: ["here": ["a": "3f"]], values: ["a": [2, 100]]))
    }

    @Test func checksumsOfOtherPlatformsAreKeptWhileBitsAreTheSame() {
        var recorded = golden
        recorded.update(measured(revision: "2"), platform: "here")
        #expect(recorded.versions == ["revision": "2"] && recorded.checksums == golden.checksums)
        recorded.update(measured(revision: "2", checksum: "4f"), platform: "third")
        #expect(recorded.checksums == ["here": ["a": "1f"], "elsewhere": ["a": "2f"], "third": ["a": "4f"]])
    }
}
