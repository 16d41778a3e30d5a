import Foundation
import StimmungServer
import StimmungSupport
import Synchronization
import Testing

@Suite struct WorkPoolTests {
    @Test("Work beyond the queue is refused at once, and the place is free again afterwards")
    func full() async throws {
        let pool = WorkPool(threads: 1, queue: 1, time: 300)
        defer { pool.close() }
        let isHeld = Mutex(true)
        async let first: Int = pool.run { _ in
            while isHeld.withLock({ $0 }) { usleep(1000) }
            return 1
        }
        while pool.accepted < 1 { try await Task.sleep(for: .milliseconds(1)) }
        async let second: Int = pool.run { _ in 2 }
        while pool.accepted < 2 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(pool.isFull)
        await #expect { try await pool.run { _ in 3 } } throws: {
            if case WorkRefusal.full(let seconds)? = $0 as? WorkRefusal { seconds >= 1 } else { false }
        }
        isHeld.withLock { $0 = false }
        #expect(try await [first, second] == [1, 2])
        #expect(try await pool.run { _ in 4 } == 4)
        #expect(pool.accepted == 0)
    }

    @Test("Work that takes too long is cancelled, also while it waits")
    func late() async throws {
        let pool = WorkPool(threads: 1, queue: 1, time: 0.2)
        defer { pool.close() }
        let ran = Mutex(false)
        let isHeld = Mutex(true)
        let first = Task {
            try await pool.run { cancellation in
                // Not stopped at the first sign, so that the other one waits too long.
                while isHeld.withLock({ $0 }) { usleep(1000) }
                try cancellation.check()
            }
        }
        while pool.accepted < 1 { try await Task.sleep(for: .milliseconds(1)) }
        let second = Task { try await pool.run { _ in ran.withLock { $0 = true } } }
        while pool.accepted < 2 { try await Task.sleep(for: .milliseconds(1)) }
        await #expect(throws: WorkRefusal.late) { try await second.value }
        isHeld.withLock { $0 = false }
        await #expect(throws: WorkRefusal.late) { try await first.value }
        #expect(!ran.withLock { $0 })
    }

    @Test("Work whose client leaves gives its place up at once while it waits, and is cancelled while it runs")
    func abandoned() async throws {
        let pool = WorkPool(threads: 1, queue: 1, time: 300)
        defer { pool.close() }
        let departures = [Departure(), Departure()]
        let tasks = departures.map { departure in
            Task {
                try await Departure.$current.withValue(departure) {
                    try await pool.run { cancellation in
                        while true {
                            try cancellation.check()
                            usleep(1000)
                        }
                    }
                }
            }
        }
        while pool.accepted < 2 { try await Task.sleep(for: .milliseconds(1)) }
        for (departure, task) in zip(departures, tasks) {
            departure.happen()
            await #expect(throws: WorkRefusal.abandoned) { try await task.value }
        }
        #expect(pool.accepted == 0)
    }

    @Test("Live pieces do not wait for recordings")
    func live() async throws {
        let pool = WorkPool(threads: 1, queue: 1, time: 300)
        defer { pool.close() }
        let isHeld = Mutex(true)
        async let recording: Void = pool.run { _ in while isHeld.withLock({ $0 }) { usleep(1000) } }
        while pool.accepted < 1 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(try await pool.runLive { 5 } == 5)
        isHeld.withLock { $0 = false }
        try await recording
    }
}

@Suite struct UploadedAudioTests {
    @Test("Bytes can be read at the path, and are freed with the recording")
    func path() throws {
        let budget = UploadBudget(limit: 10)
        var audio: UploadedAudio? = try UploadedAudio(name: "a.wav", budget: budget)
        let path = try #require(audio).path
        try Array("hello".utf8).withUnsafeBytes { try audio?.append($0) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "hello")
        #expect(audio?.naming("\(path) is empty") == "a.wav is empty")
        #expect(budget.held == 5)
        #expect(throws: UploadFailure.noRoom) { try Array("world!".utf8).withUnsafeBytes { try audio?.append($0) } }
        audio = nil
        #expect(budget.held == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
