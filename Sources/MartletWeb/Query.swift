public import MartletCore

/// What follows the `?` of an address, as names and values.
///
/// Source: WHATWG URL, application/x-www-form-urlencoded.
public struct Query: Sendable, Equatable {
    private var values: [String: String] = [:]

    /// Reads a query; of equal names the first value stands.
    public init(_ query: String?) {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.flatMap(Self.decode), values[name] == nil else { continue }
            // What cannot be decoded stands as it was sent, so that who reads it refuses it by name.
            values[name] = parts.count == 2 ? Self.decode(parts[1]) ?? String(parts[1]) : ""
        }
    }

    /// The value of a name; nil without one.
    public subscript(_ name: String) -> String? { values[name] }

    /// The whole number of a name; nil without one.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names it.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws(GatewayError) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw GatewayError(
                .invalidRequest,
                "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound).",
                parameter: name
            )
        }
        return number
    }

    private static func decode(_ text: Substring) -> String? {
        PercentEncoding.decode(String(text.map { $0 == "+" ? " " : $0 }))
    }
}
