/// The pattern of an address: literal segments, `{name}` for one segment, `{name*}` for all the rest.
public struct RoutePattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    private enum Segment: Hashable {
        case literal(String)
        case one(String)
        case rest(String)
    }

    /// The pattern as written.
    public let description: String
    private let segments: [Segment]

    /// Reads a pattern.
    public init(stringLiteral value: String) {
        description = value
        segments = value.split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("*") ? .rest(String(name.dropLast())) : .one(String(name))
        }
    }

    /// Whether it has no names, so that a table look-up is enough.
    var isLiteral: Bool {
        segments.allSatisfy { segment in
            if case .literal = segment { true } else { false }
        }
    }

    /// The values of its names in `path`, percent-decoded; nil when the path does not fit or cannot be decoded.
    func match(_ path: String) -> [String: String]? {
        var rest = path.dropFirst()[...]
        var values: [String: String] = [:]
        for segment in segments {
            if case .rest(let name) = segment {
                guard let value = PercentEncoding.decode(rest), !value.isEmpty else { return nil }
                values[name] = value
                return values
            }
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            let part = rest[..<end]
            switch segment {
            case .literal(let literal):
                guard part == literal else { return nil }
            case .one(let name), .rest(let name):
                guard let value = PercentEncoding.decode(part), !value.isEmpty else { return nil }
                values[name] = value
            }
            rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[end...]
            if end == path.endIndex, segment != segments.last { return nil }
        }
        return rest.isEmpty ? values : nil
    }
}
