extension String {
    /// This text in quotes, those within doubled, as CSV and TextGrid write it.
    ///
    /// Scalar by scalar: a quote before a combining mark is another character to Swift, but a quote to the reader.
    var inDoubledQuotes: String {
        var quoted = "\"".unicodeScalars
        for scalar in unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }
}
