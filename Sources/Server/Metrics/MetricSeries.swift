#if Server
import CoreMetrics
import Synchronization

/// Counts upwards.
final class CounterSeries: CounterHandler, Series {
    private let value = Mutex<Int64>(0)

    func increment(by amount: Int64) { value.withLock { $0 += amount } }
    func reset() { value.withLock { $0 = 0 } }

    func lines(name: String, labels: [(String, String)]) -> String {
        "\(name)\(PrometheusFactory.text(of: labels)) \(value.withLock { $0 })\n"
    }
}

/// A value that goes up and down.
final class GaugeSeries: MeterHandler, Series {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { increment(by: -amount) }

    func lines(name: String, labels: [(String, String)]) -> String {
        "\(name)\(PrometheusFactory.text(of: labels)) \(value.withLock { $0 })\n"
    }
}

/// Counts values in buckets: seconds, from a millisecond to two minutes.
final class HistogramSeries: RecorderHandler, TimerHandler, Series {
    private struct State {
        var counts = [Int](repeating: 0, count: HistogramSeries.limits.count + 1)
        var sum = 0.0
    }

    static let limits = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

    private let state = Mutex(State())

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        state.withLock {
            $0.counts[Self.limits.firstIndex { value <= $0 } ?? Self.limits.count] += 1
            $0.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func lines(name: String, labels: [(String, String)]) -> String {
        let state = state.withLock { $0 }
        var (text, count) = ("", 0)
        for (limit, added) in zip(Self.limits.map { "\($0)" } + ["+Inf"], state.counts) {
            count += added
            text += "\(name)_bucket\(PrometheusFactory.text(of: labels + [("le", limit)])) \(count)\n"
        }
        let own = PrometheusFactory.text(of: labels)
        return text + "\(name)_sum\(own) \(state.sum)\n\(name)_count\(own) \(count)\n"
    }
}
#endif
