import Foundation
import StimmungFigures
import StimmungSupport

/// A figure under a file name.
package struct Picture: Sendable {
    /// With the extension: `filters.svg`.
    package let name: String
    /// Content in one line, for people.
    package let shows: String
    package let figure: any Figure

    package init(name: String, shows: String, figure: any Figure) {
        self.name = name
        self.shows = shows
        self.figure = figure
    }

    /// The file's text.
    package var svg: String { figure.document(description: shows) }

    /// Writes it into a folder atomically.
    ///
    /// - Returns: the file's path.
    @discardableResult
    package func write(folder: String) throws(AtomicFile.Failure) -> String {
        let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
        try AtomicFile.write(Data(svg.utf8), to: path)
        return path
    }
}
