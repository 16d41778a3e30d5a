#if Server
import Foundation

/// A WAV file of silence with 16 bits per sample.
func wave(seconds: Int, rate: Int = 8000) -> Data {
    func number(_ value: Int, _ bytes: Int) -> Data { Data((0..<bytes).map { UInt8(value >> (8 * $0) & 0xFF) }) }
    let size = seconds * rate * 2
    var file = Data("RIFF".utf8) + number(36 + size, 4) + Data("WAVEfmt ".utf8) + number(16, 4) + number(1, 2) + number(1, 2)
    file += number(rate, 4) + number(2 * rate, 4) + number(2, 2) + number(16, 2)
    return file + Data("data".utf8) + number(size, 4) + Data(count: size)
}

/// The head of a request that posts a recording of this size.
func head(posting count: Int, to path: String = "/v1/predict", _ further: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(count)\r\n\(further)\r\n"
}
#endif
