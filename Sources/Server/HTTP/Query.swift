#if Server
import Hummingbird
import HummingbirdCore

/// The query items of a request. Unknown and repeated ones are refused: an option that is ignored silently is worse.
struct Query {
    private var items: [String: String] = [:]

    /// - Throws: `Problem`.
    init(_ request: Request, allowed: [String]) throws {
        for piece in (request.uri.query ?? "").split(separator: "&") {
            let parts = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { $0.replacing("+", with: " ").removingPercentEncoding }
            guard let name = decoded[0], let value = decoded.count > 1 ? decoded[1] : "" else {
                throw Problem.badQuery("The query of the address is not valid percent-encoded UTF-8.")
            }
            guard allowed.contains(name) else {
                throw Problem.badQuery(
                    allowed.isEmpty
                        ? "This address has no query items." : "The query items of this address are \(allowed.joined(separator: ", ")).")
            }
            guard items[name] == nil else { throw Problem.badQuery("The query item \(name) is given twice.") }
            items[name] = value
        }
    }

    subscript(_ name: String) -> String? { items[name] }

    /// A number in the range; nil without the item.
    func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
        guard let text = items[name] else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw Problem.badQuery("\(name) must be a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    func flag(_ name: String) throws -> Bool {
        switch items[name] {
        case nil, "false"?: return false
        case "true"?: return true
        default: throw Problem.badQuery("\(name) must be true or false.")
        }
    }

    /// One of the values; nil without the item.
    func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String, _ type: Value.Type) throws -> Value? {
        guard let text = items[name] else { return nil }
        guard let value = Value(rawValue: text) else {
            throw Problem.badQuery("\(name) must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return value
    }
}
#endif
