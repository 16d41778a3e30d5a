import StimmungSupport
import Synchronization

/// A comparison of the channels of a whole recording: which one is the loudest, and whether they cancel each other.
///
/// The recording is decoded to its end. A short one is held in memory meanwhile; a longer one is decoded again afterwards. Results for recent files are
/// remembered, so that segments of a long recording share the cost.
struct ChannelScan {
    /// Counted from 0; the first of equal ones.
    let loudest: Int
    /// Whether the mean of the channels has less than a third of the energy that it would have for uncorrelated channels.
    let cancels: Bool

    private init(_ totals: Totals) {
        let energies = totals.channels.map { $0.energy(totals.frames) }
        let most = energies.max() ?? 0
        loudest = energies.firstIndex { $0 >= Self.equal * most } ?? 0
        cancels = totals.sum.energy(totals.frames) < Self.cancelling * energies.reduce(0, +)
    }

    /// Channels that differ by less than 0.05 dB are equally loud.
    private static let equal = 0.99
    /// For two equally loud channels: a correlation below −2/3. Spaced microphones are above it, a channel with reversed polarity is below.
    private static let cancelling = 1.0 / 3

    /// Largest number of samples of all channels held in memory: 16 MB.
    private static let mostHeld = 1 << 22
    private static let block = 1 << 14

    /// Scans a source from its beginning to its end.
    ///
    /// - Returns: the scan, whether the end was reached, and the recording if it was short enough to be held. The source cannot be used afterwards.
    static func scan(_ source: any SampleSource, cancellation: Cancellation?) -> (scan: ChannelScan, isWhole: Bool, held: HeldSource?) {
        var totals = Totals(channels: source.channels)
        var held: [Float]? = []
        let frames = max(1, block / source.channels)
        // Decoding errors occur again, and are reported, when the recording is read.
        while cancellation?.isCancelled != true, let samples = try? source.read(frames: frames) {
            totals.add(samples)
            if let count = held?.count, count + samples.count <= mostHeld { held?.append(contentsOf: samples) } else { held = nil }
            guard samples.count == frames * source.channels else {
                return (ChannelScan(totals), true, held.map { HeldSource($0, of: source) })
            }
        }
        return (ChannelScan(totals), false, nil)
    }

    // MARK: - Memory

    private struct Known {
        let path: String
        let status: FileStatus
        let scan: ChannelScan
    }

    private static let known = Mutex<[Known]>([])
    private static let mostKnown = 64

    /// The remembered scan of a file, if the file is unchanged.
    static func remembered(_ path: String) -> ChannelScan? {
        guard let status = FileStatus(path: path) else { return nil }
        return known.withLock { known in known.last { $0.path == path && $0.status == status }?.scan }
    }

    /// Remembers a scan of a file that had `status` before it was read.
    func remember(_ path: String, _ status: FileStatus?) {
        guard let status, status == FileStatus(path: path) else { return }
        Self.known.withLock { known in
            known.append(Known(path: path, status: status, scan: self))
            if known.count > Self.mostKnown { known.removeFirst() }
        }
    }
}

/// Sums over the samples of a channel.
private struct Sums {
    private var linear = 0.0
    private var squares = 0.0

    /// Adds the samples `value` of the frames.
    @inline(__always)
    mutating func add(_ frames: Int, _ value: (Int) -> Float) {
        var (linear, squares) = (0.0, 0.0)
        for frame in 0..<frames {
            let sample = Double(value(frame))
            linear += sample
            squares += sample * sample
        }
        self.linear += linear
        self.squares += squares
    }

    /// Energy without the inaudible constant part. Infinite if a sample is not finite, since sums cannot be compared then.
    func energy(_ frames: Int) -> Double {
        guard squares.isFinite else { return .infinity }
        return frames > 0 ? max(0, squares - linear * linear / Double(frames)) : 0
    }
}

private struct Totals {
    private(set) var channels: [Sums]
    /// Sum of all channels.
    private(set) var sum = Sums()
    private(set) var frames = 0

    init(channels count: Int) { channels = Array(repeating: Sums(), count: count) }

    mutating func add(_ interleaved: [Float]) {
        let count = channels.count
        let added = interleaved.count / count
        frames += added
        // Frame `frame` has its samples at `frame · count` and after it.
        interleaved.withUnsafeBufferPointer { samples in
            for channel in 0..<count { channels[channel].add(added) { samples[$0 * count + channel] } }
            if count == 2 {
                sum.add(added) { samples[2 * $0] + samples[2 * $0 + 1] }
            } else {
                sum.add(added) { frame in (0..<count).reduce(0) { $0 + samples[frame * count + $1] } }
            }
        }
    }
}
