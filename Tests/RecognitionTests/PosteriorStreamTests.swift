import Stimmung
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Testing

struct PosteriorStreamTests {
    private func frames(_ rows: Int) -> Matrix {
        var random = RandomSource(seed: 6)
        return Matrix(rows: rows, columns: 3, elements: (0..<rows * 3).map { _ in random.normal() })
    }

    private func network(bidirectional: Bool) -> Network {
        let layer: any Layer = bidirectional ? Bidirectional(LSTM(inputs: 3, cells: 4)) : LSTM(inputs: 3, cells: 8)
        return Network([layer, Dense(inputs: 8, outputs: 2)], seed: 2)
    }

    private func whole(_ network: Network, _ frames: Matrix) -> Matrix {
        network.logPosteriors(of: [frames], workers: Workers(threads: 1))[0]
    }

    private func streamed(_ network: Network, _ frames: Matrix, pieces: Int) -> Matrix {
        var stream = PosteriorStream(network)
        var result = Matrix(rows: 0, columns: 2)
        for start in stride(from: 0, to: frames.rows, by: pieces) {
            result.append(rows: stream.push(frames.rows(start..<min(start + pieces, frames.rows))))
        }
        result.append(rows: stream.finish())
        return result
    }

    private func distance(_ a: Matrix, _ b: Matrix) -> Float {
        a.rows == b.rows ? zip(a.elements, b.elements).map { abs($0 - $1) }.max() ?? .infinity : .infinity
    }

    @Test func frameByFrameAStreamIsTheWhole() {
        let network = network(bidirectional: false)
        #expect(distance(streamed(network, frames(2500), pieces: 1000), whole(network, frames(2500))) < 1e-5)
    }

    /// Windows of neighbours wait for their last frame, and the rest comes at the end.
    @Test(arguments: [1, 5, 999, 1000, 1001, 2500], [1000, 7]) func aWindowedStreamIsTheWhole(count: Int, pieces: Int) {
        let network = Network(
            [
                Context(inputs: 3, left: 7, right: 7), Dense(inputs: 45, outputs: 6), ActivationLayer(.sigmoid, units: 6),
                LSTM(inputs: 6, cells: 4), Dense(inputs: 4, outputs: 2),
            ], seed: 2)
        #expect(distance(streamed(network, frames(count), pieces: pieces), whole(network, frames(count))) < 1e-5)
    }

    @Test(arguments: [1, 999, 1000, 1001, 1100]) func withLaterFramesAShortRecordingIsRunAsAWhole(count: Int) {
        let network = network(bidirectional: true)
        #expect(streamed(network, frames(count), pieces: 1000) == whole(network, frames(count)))
    }

    @Test func withLaterFramesALongRecordingIsRunInOverlappingWindows() {
        let network = network(bidirectional: true)
        let frames = frames(3337)
        let windows = streamed(network, frames, pieces: 1000)
        // A frame's posteriors do not depend on how the frames come.
        #expect(streamed(network, frames, pieces: 77) == windows && streamed(network, frames, pieces: 3337) == windows)
        // What lies a second away hardly matters to this network, so that windows without overlap would show.
        #expect(distance(windows, whole(network, frames)) < 1e-4)
    }

    /// With forget gates at 0.9997, what lies a second away matters.
    @Test func windowsAreNotTheWholeOfANetworkThatRemembers() {
        var network = network(bidirectional: true)
        for entry in network.parameters.entries where entry.name.hasSuffix(".b") && entry.shape.columns % 4 == 0 {
            let cells = entry.shape.columns / 4
            for cell in cells..<2 * cells { network.parameters.values[entry.offset + cell] = 8 }
        }
        let frames = frames(3337)
        #expect(distance(streamed(network, frames, pieces: 1000), whole(network, frames)) > 1e-4)
    }
}
