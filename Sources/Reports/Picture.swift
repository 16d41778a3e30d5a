import Foundation
import Tensors

/// A figure under a file name.
public struct Picture: Sendable {
    /// With its ending: `filters.svg`.
    public let name: String
    /// What it shows, in a line for people.
    public let shows: String
    public let figure: any Figure

    public init(name: String, shows: String, figure: any Figure) {
        self.name = name
        self.shows = shows
        self.figure = figure
    }

    /// The file's text.
    public var svg: String { figure.document(description: shows) }

    /// Writes it into a folder, beside and renamed.
    ///
    /// - Returns: the file's path.
    @discardableResult
    public func write(folder: String) throws(AtomicFile.Failure) -> String {
        let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
        try AtomicFile.write(Data(svg.utf8), to: path)
        return path
    }
}
