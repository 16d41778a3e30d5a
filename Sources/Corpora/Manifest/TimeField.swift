import Foundation

/// Times in a manifest: seconds such as `1.5`, clock times such as `00:00:01.5`, and what audformat writes, `0 days 00:00:01.500000`.
enum TimeField {
    /// What a field holds.
    enum Value: Equatable {
        /// Empty, `NaT`, `nan` or `none`.
        case none
        case seconds(Double)
        case invalid
    }

    static func value(_ text: String) -> Value {
        let value = text.trimmingCharacters(in: .whitespaces)
        if value.isEmpty || ["nat", "nan", "none"].contains(value.lowercased()) { return .none }
        guard let seconds = plain(value) ?? clock(value), seconds.isFinite, seconds >= 0 else { return .invalid }
        return .seconds(seconds)
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
