/// What is measured of every frame. A list of kinds makes one frame: their columns stand side by side in the order of the list.
///
/// A new kind is a case here, a type of its own in `Kinds/` that conforms to `FrameFeature`, and a line in `FeatureKind.measure`.
public enum FeatureKind: String, Codable, Sendable, CaseIterable {
    /// Mel frequency cepstral coefficients: `FeatureOptions.coefficients` columns `mfcc_0`, `mfcc_1`, ….
    case mfcc
    /// Logarithms of the energies of mel bands: `FeatureOptions.filterbankBands` columns `fbank_0`, `fbank_1`, ….
    case fbank
    /// The logarithm of the energy of the raw frame: one column `energy`.
    case energy

    /// The type that computes this kind. The options must be valid.
    func measure(_ options: FeatureOptions) -> any FrameFeature {
        switch self {
        case .mfcc: CepstralCoefficients(options)
        case .fbank: LogFilterbank(options)
        case .energy: LogEnergy(options)
        }
    }

    /// The names of this kind's columns, without deltas.
    func columnNames(_ options: FeatureOptions) -> [String] {
        switch self {
        case .mfcc: (0..<options.coefficients).map { "mfcc_\($0)" }
        case .fbank: (0..<options.filterbankBands).map { "fbank_\($0)" }
        case .energy: ["energy"]
        }
    }
}
