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
    /// How many slashes an address has that fits; at least, before a name for all the rest.
    private let depth: Int

    /// Reads a pattern.
    public init(stringLiteral value: String) {
        description = value
        segments = value.split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("*") ? .rest(String(name.dropLast())) : .one(String(name))
        }
        depth = segments.count
    }

    /// Whether it has no names, so that a table look-up is enough.
    var isLiteral: Bool {
        segments.allSatisfy { segment in
            if case .literal = segment { true } else { false }
        }
    }

    /// How many slashes an address has, without one at its end.
    static func depth(of path: String) -> Int {
        let slashes = path.utf8.count { $0 == UInt8(ascii: "/") }
        return path.utf8.last == UInt8(ascii: "/") ? slashes - 1 : slashes
    }

    /// Whether an address of that depth may fit: most patterns need not be compared.
    func mayFit(_ depth: Int) -> Bool {
        if case .rest? = segments.last { return depth >= self.depth }
        return depth == self.depth
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
            let end = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            let part = rest[..<end]
            switch segment {
            case .literal(let literal):
                guard part == literal else { return nil }
            case .one(let name), .rest(let name):
                guard let value = PercentEncoding.decode(part), !value.isEmpty else { return nil }
                values[name] = value
            }
            rest = end < rest.endIndex ? rest[rest.utf8.index(after: end)...] : rest[end...]
            if end == path.endIndex, segment != segments.last { return nil }
        }
        return rest.isEmpty ? values : nil
    }
}
