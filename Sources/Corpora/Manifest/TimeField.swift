import Foundation

/// Times in a manifest: seconds such as `1.5` or `1,5`, clock times such as `00:00:01.5`, and what audformat writes, `0 days 00:00:01.500000`.
enum TimeField {
    /// What a field holds.
    enum Value: Equatable {
        /// Empty, `NaT`, `nan` or another word for a missing value.
        case none
        case seconds(Double)
        case invalid
    }

    static func value(_ text: String) -> Value {
        if MissingValue.isMissing(text) { return .none }
        let value = decimalPoint(text.trimmingCharacters(in: .whitespaces))
        guard let seconds = plain(value) ?? clock(value), seconds.isFinite, seconds >= 0 else { return .invalid }
        return .seconds(seconds)
    }

    /// With a point for a decimal comma. Where there are both, or several, one of them groups thousands, and which is not to be told.
    private static func decimalPoint(_ value: String) -> String {
        value.contains(".") || value.count { $0 == "," } > 1 ? value : value.replacing(",", with: ".")
    }

    private static func plain(_ value: String) -> Double? {
        value.allSatisfy { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) } ? Double(value) : nil
    }

    private static func clock(_ value: String) -> Double? {
        let pattern = /(?:([0-9]+) days?)?\s*(?:\+?([0-9]+):([0-5][0-9]):([0-5][0-9](?:\.[0-9]+)?))?/
        guard let match = value.wholeMatch(of: pattern), match.1 != nil || match.2 != nil else { return nil }
        let days = match.1.flatMap { Double($0) } ?? 0
        let hours = match.2.flatMap { Double($0) } ?? 0
        let minutes = match.3.flatMap { Double($0) } ?? 0
        let seconds = match.4.flatMap { Double($0) } ?? 0
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    }

    /// Seconds in the shortest form that reads back to the same number.
    static func text(_ seconds: Double?) -> String {
        seconds.map { String($0) } ?? ""
    }
}

/// The words that spreadsheets and scripts write for a value that is not there.
enum MissingValue {
    private static let words: Set = ["", "nan", "nat", "na", "n/a", "#n/a", "#na", "<na>", "null", "none", "nil"]

    static func isMissing(_ text: String) -> Bool {
        words.contains(text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased())
    }
}
