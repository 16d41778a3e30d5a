import Foundation
import StimmungFigures
import StimmungNetworks
import StimmungTensors
import Testing

struct HeatMapTests {
    private func map(_ values: Matrix, _ colours: ColourMap = .sequential, range: ClosedRange<Float>? = nil) -> HeatMap {
        HeatMap(
            title: "m", values: values, x: .range("time", unit: "s", 0...1), y: .names("row", (0..<values.rows).map { "r\($0)" }),
            scale: HeatMap.Scale("v", colours: colours, range: range))
    }

    /// The colour of each cell, from the paths: `M column row h width v1 …`.
    private func cells(_ map: HeatMap) throws -> [[String]] {
        var result = [[String]](repeating: [String](repeating: "", count: map.values.columns), count: map.values.rows)
        for path in try ParsedXML(map.document()).all("path") {
            for piece in (path["d"] ?? "").split(separator: "z") {
                let numbers = piece.split { !"0123456789".contains($0) }.compactMap { Int($0) }
                for column in numbers[0]..<numbers[0] + numbers[2] { result[numbers[1]][column] = path["fill"] ?? "" }
            }
        }
        return result
    }

    @Test func whatIsNoNumberIsGreyAndInfinityIsAnEnd() throws {
        let cells = try cells(map(Matrix(rows: 2, columns: 3, elements: [0, .nan, 1, .infinity, -.infinity, 0.5])))
        #expect(cells[0][1] == "#dedede")
        #expect(cells[1][0] == cells[0][2] && cells[1][1] == cells[0][0] && cells[0][0] != cells[0][2])
        #expect(Set(cells.joined()).count == 4)
    }

    @Test(arguments: [
        [Float](repeating: 0, count: 6), [7, 7, 7, 7, 7, 7], [Float](repeating: .nan, count: 6), [Float](repeating: .infinity, count: 6),
    ])
    func oneValueIsOneColour(elements: [Float]) throws {
        for colours in ColourMap.allCases {
            let map = map(Matrix(rows: 2, columns: 3, elements: elements), colours)
            #expect(map.ends.lowerBound < map.ends.upperBound)
            #expect(Set(try cells(map).joined()).count == 1)
        }
    }

    @Test func zeroIsTheMiddleOfADivergingMap() throws {
        let map = map(Matrix(rows: 1, columns: 4, elements: [-1, 0, 3, -3]), .diverging)
        #expect(map.ends == -3...3)
        let cells = try cells(map)[0]
        func channels(_ hex: String) -> [Int] { stride(from: 1, to: 7, by: 2).compactMap { Int(hex.dropFirst($0).prefix(2), radix: 16) } }
        #expect(channels(cells[1]).allSatisfy { $0 > 240 })
        #expect(channels(cells[2])[0] > channels(cells[2])[2] && channels(cells[3])[2] > channels(cells[3])[0])
    }

    /// Lightness alone keeps the order, so a grey print does.
    @Test func theSequentialMapGetsLighterFromStepToStep() throws {
        let cells = try cells(map(Matrix(rows: 1, columns: 200, elements: (0..<200).map(Float.init))))[0]
        let grey = cells.map { hex in
            zip(stride(from: 1, to: 7, by: 2), [0.2126, 0.7152, 0.0722]).reduce(0.0) {
                $0 + Double(Int(hex.dropFirst($1.0).prefix(2), radix: 16) ?? 0) * $1.1
            }
        }
        #expect(zip(grey, grey.dropFirst(5)).allSatisfy { $0 < $1 } && grey[199] - grey[0] > 200)
    }

    @Test func rowsUpwardsBeginAtTheBottom() throws {
        var map = map(Matrix(rows: 2, columns: 1, elements: [0, 1]))
        let down = try cells(map)
        map.isUpwards = true
        #expect(try cells(map) == down.reversed())
    }

    @Test func aLargeMapIsASmallPicture() throws {
        let map = map(Matrix(rows: 40, columns: 3000, elements: (0..<120_000).map { sin(Float($0)) }))
        let svg = map.document()
        let xml = try ParsedXML(svg)
        #expect(svg.utf8.count < 200_000 && xml.isSelfContained)
        let image = try #require(xml.all("image").first?["href"])
        let data = try #require(Data(base64Encoded: String(image.dropFirst("data:image/png;base64,".count))))
        try PNGReference.check(data, width: 3000, height: 40)
    }

    @Test func namesTextsAndMarksAreWrittenAndEscaped() throws {
        var map = map(Matrix(rows: 2, columns: 2, elements: [0, 1, 1, 0]))
        map.x = .names("recognised", ["<a>", "b & c"])
        map.texts = [["12 %", "<"], ["3", "4"]]
        map.marks = [.init(column: 1, text: "here & now")]
        let texts = try ParsedXML(map.document()).texts
        for text in ["<a>", "b & c", "12 %", "<", "here & now", "recognised"] { #expect(texts.contains(text), "\(text)") }
    }

    @Test func namesThatFindNoRoomAreLeftOutEvenly() throws {
        var map = map(Matrix(rows: 40, columns: 2))
        map.plotHeight = 180
        let shown = try ParsedXML(map.document()).texts.filter { $0.hasPrefix("r") }.compactMap { Int($0.dropFirst()) }
        #expect(shown.count > 10 && shown.count < 20 && Set(zip(shown, shown.dropFirst()).map { $1 - $0 }).count == 1, "\(shown)")
    }

    @Test func aSheetHoldsItsFiguresWithinItsSize() throws {
        let map = map(Matrix(rows: 2, columns: 2))
        let caption = String(repeating: "many words ", count: 60) + "\nnext & last"
        let sheet = Sheet(title: "A < B", rows: [[map, map], [map]], caption: caption)
        let xml = try ParsedXML(sheet.document())
        #expect(sheet.width > 2 * map.width && sheet.height > 2 * map.height)
        #expect(xml.texts.contains("A < B") && xml.texts.contains("next & last"))
        #expect(xml.texts.allSatisfy { TextSize.width($0, size: TextSize.label) < sheet.width })
        #expect(sheet.document() == sheet.document())
    }
}

/// Reads the PNG's parts again by their definition, checksums included.
enum PNGReference {
    static func check(_ data: Data, width: Int, height: Int) throws {
        let bytes = [UInt8](data)
        func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        #expect(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        var at = 8
        var pieces: [String: [UInt8]] = [:]
        while at < bytes.count {
            let length = number(at)
            let body = Array(bytes[at + 4..<at + 8 + length])
            // Bit by bit: the table is what is tested.
            var crc = ~UInt32(0)
            for byte in body {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
            }
            #expect(Int(~crc) == number(at + 8 + length))
            pieces[String(decoding: body.prefix(4), as: UTF8.self)] = Array(body.dropFirst(4))
            at += 12 + length
        }
        #expect(Set(pieces.keys) == ["IHDR", "PLTE", "IDAT", "IEND"])
        #expect(pieces["IHDR"]?.prefix(4).reduce(0) { $0 << 8 | Int($1) } == width)
        let zlib = try #require(pieces["IDAT"])
        var pixels = 0
        var place = 2
        var isLast = false
        while !isLast {
            isLast = zlib[place] == 1
            let length = Int(zlib[place + 1]) | Int(zlib[place + 2]) << 8
            #expect(Int(zlib[place + 3]) | Int(zlib[place + 4]) << 8 == length ^ 0xFFFF)
            pixels += length
            place += 5 + length
        }
        #expect(pixels == (width + 1) * height && place + 4 == zlib.count)
    }
}
