import CStimmungModels
import Foundation
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// A network that gives the score of speech in each frame, and its file.
///
///     let model = try SpeechModel.builtIn()
///     let detector = try SpeechDetector(model)
///
/// The file is a safetensors file with one array per parameter (`0.g`, `1.W`, …). Its metadata are `stimmung.speech` (the format, which
/// includes the front end), `network` (JSON) and `card` (JSON).
public struct SpeechModel: Sendable, Equatable {
    /// The format version of model files, which changes with the file and with the front end.
    package static let format = "1"

    /// The shape of the network: affine → tanh → LSTMs → affine.
    package struct Shape: Sendable, Equatable, Codable {
        /// Units of the first layer, 1 … 512.
        package var units = 48
        /// Cells of each LSTM, 1 … 512 each.
        package var cells = [56]
        /// Frames, 0 … 100, that the network has seen of what follows a frame when it scores it.
        package var delay = 12

        package init(units: Int = 48, cells: [Int] = [56], delay: Int = 12) {
            (self.units, self.cells, self.delay) = (units, cells, delay)
        }

        /// Whether every number is in its range; a file may contain anything.
        package var isValid: Bool {
            (1...512).contains(units) && (1...4).contains(cells.count) && cells.allSatisfy((1...512).contains) && (0...100).contains(delay)
        }

        /// - Parameter scale: standardises the rows of the front end.
        package func layers(scale: Scale = Scale(units: SpeechFrontEnd.width)) -> [any Layer] {
            var layers: [any Layer] = [
                scale, Dense(inputs: SpeechFrontEnd.width, outputs: units), ActivationLayer(.tanh, units: units),
            ]
            var inputs = units
            for cells in cells {
                layers.append(LSTM(inputs: inputs, cells: cells))
                inputs = cells
            }
            return layers + [Dense(inputs: inputs, outputs: 2)]
        }
    }

    /// How a model was trained.
    package struct Card: Sendable, Equatable, Codable {
        /// The version of this package.
        package var version: String
        package var recipe: String
        package var corpora: [String]
        /// Recordings trained on.
        package var recordings: Int
        /// Speakers that were not trained on.
        package var heldOutSpeakers: [String]
        package var seed: UInt64
        /// Hours of synthesised scenes.
        package var hours: Double
        /// Mean cross-entropy per frame in the last epoch.
        package var loss: Double

        // More than five parameters: one per property.
        package init(
            version: String, recipe: String, corpora: [String], recordings: Int, heldOutSpeakers: [String], seed: UInt64, hours: Double,
            loss: Double
        ) {
            (self.version, self.recipe, self.corpora, self.recordings) = (version, recipe, corpora, recordings)
            (self.heldOutSpeakers, self.seed, self.hours, self.loss) = (heldOutSpeakers, seed, hours, loss)
        }
    }

    package let shape: Shape
    package let network: Network
    package let card: Card
    /// The network in the form that scorers run.
    let inference: SpeechNetwork

    package init(shape: Shape, network: Network, card: Card) {
        (self.shape, self.network, self.card) = (shape, network, card)
        inference = SpeechNetwork(shape, parameters: network.parameters.values)
    }

    /// Compares the shape, the parameters and the card.
    public static func == (one: SpeechModel, other: SpeechModel) -> Bool {
        one.shape == other.shape && one.network.parameters.values == other.network.parameters.values && one.card == other.card
    }
}

extension SpeechModel {
    /// The built-in model. `Sources/Speech/README.md` has the command that trained it, and its accuracy.
    ///
    /// - Throws: `SpeechError` if the program was built incorrectly.
    public static func builtIn() throws(SpeechError) -> SpeechModel { try readOnce.get() }

    /// Read once per process: sessions are many and short.
    private static let readOnce = Result { () throws(SpeechError) in try readBuiltIn() }

    private static func readBuiltIn() throws(SpeechError) -> SpeechModel {
        let name = "the speech activity model in the program"
        // Bounds: the size is that of the array, which is part of the program.
        let data = Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: csm_speech_model_bytes()), count: csm_speech_model_size, deallocator: .none)
        let file: Safetensors
        do { file = try Safetensors(decoding: data, file: name) } catch { throw .file(error) }
        return try SpeechModel(file, path: name)
    }

    /// Reads a model file and validates every value.
    ///
    /// - Throws: `SpeechError.file`, `SpeechError.notAModel` or `SpeechError.otherVersion`.
    public init(contentsOf path: String) throws(SpeechError) {
        let file: Safetensors
        do { file = try Safetensors(path: path) } catch { throw .file(error) }
        try self.init(file, path: path)
    }

    private init(_ file: Safetensors, path: String) throws(SpeechError) {
        guard let format = file.metadata["stimmung.speech"] else {
            throw .notAModel(file: path, reason: "it has no entry stimmung.speech")
        }
        guard format == Self.format else { throw .otherVersion(file: path, found: format) }
        func decode<Value: Decodable>(_ key: String) throws(SpeechError) -> Value {
            let text: String
            do { text = try file.metadata(key, file: path) } catch { throw .file(error) }
            do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
                throw .notAModel(file: path, reason: "its entry \(key) cannot be read")
            }
        }
        let shape: Shape = try decode("network")
        guard shape.isValid else { throw .notAModel(file: path, reason: "its network has sizes out of range") }
        let network = try Network(shape.layers()) { (entry) throws(SpeechError) in
            do throws(SafetensorsError) {
                return try file.tensor(entry.name, shape: [entry.shape.rows, entry.shape.columns], file: path)
            } catch { throw .file(error) }
        }
        if let entry = network.parameters.firstNotFinite {
            throw .notAModel(file: path, reason: "the array \(entry.name) has values that are not finite")
        }
        self.init(shape: shape, network: network, card: try decode("card"))
    }

    /// Writes the model file atomically. The same model gives the same bytes.
    ///
    /// - Throws: `SpeechError.file` if the file cannot be written.
    public func write(path: String) throws(SpeechError) {
        var file = Safetensors(metadata: ["stimmung.speech": Self.format, "network": jsonText(shape), "card": jsonText(card)])
        for entry in network.parameters.entries {
            let values = Array(network.parameters.values[entry.range])
            file.set(Safetensors.Tensor(name: entry.name, shape: [entry.shape.rows, entry.shape.columns], values: values))
        }
        do { try file.write(path: path) } catch { throw .file(error) }
    }
}
