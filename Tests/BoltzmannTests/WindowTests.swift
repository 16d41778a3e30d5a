import StimmungBoltzmann
import StimmungTensors
import Testing

struct WindowTests {
    @Test func aPastNeverReachesIntoAnotherUtterance() {
        let first = Matrix(rows: 3, columns: 2, elements: [1, 2, 3, 4, 5, 6])
        let second = Matrix(rows: 2, columns: 2, elements: [7, 8, 9, 10])
        let windows = FrameWindows(utterances: [first, second], order: 2)
        #expect(windows.count == 5)
        #expect(windows.frames.elements == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        #expect((0..<5).map { Array(windows.past.row($0)) } == [[0, 0, 0, 0], [0, 0, 1, 2], [1, 2, 3, 4], [0, 0, 0, 0], [0, 0, 7, 8]])
    }

    @Test func thinningSpreadsEvenly() {
        let windows = FrameWindows(Matrix(rows: 10, columns: 1, elements: (0..<10).map(Float.init)))
        #expect(windows.thinned(to: 4).frames.elements == [0, 2, 5, 7])
        #expect(windows.thinned(to: 20).count == 10)
    }
}
