/// Where in a document a value is, for error messages: `messages[0].content[2].image_url`.
public struct JSONPath: Sendable, Equatable {
    private enum Step: Sendable, Equatable {
        case key(String)
        case index(Int)
    }

    /// The document itself.
    public static let root = JSONPath()

    private var steps: [Step] = []

    /// The document itself.
    public init() {}

    /// A member of the document.
    public init(_ key: String) {
        steps = [.key(key)]
    }

    /// Whether this is the document itself.
    public var isRoot: Bool { steps.isEmpty }

    /// The path of a member.
    public func appending(_ key: String) -> JSONPath {
        var path = self
        path.steps.append(.key(key))
        return path
    }

    /// The path of an element.
    public func appending(_ index: Int) -> JSONPath {
        var path = self
        path.steps.append(.index(index))
        return path
    }
}

extension JSONPath: CustomStringConvertible {
    /// The path with dots and brackets, empty for the document itself.
    ///
    /// A key that is no plain word is quoted as JSON; of a long one, and of a long path, only the beginning
    /// shows, since keys may be the client's own text.
    public var description: String {
        var text = ""
        for step in steps {
            guard text.utf8.count < Self.longestText else { return text + "…" }
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += Self.isWord(key) ? (text.isEmpty ? key : ".\(key)") : Self.quoted(key)
            }
        }
        return text
    }

    private static let longestText = 256
    private static let longestKey = 64

    private static func isWord(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.count <= longestKey
            && key.utf8.allSatisfy { byte in
                switch Character(Unicode.Scalar(byte)) {
                case "a"..."z", "A"..."Z", "0"..."9", "_", "-", "$": true
                default: false
                }
            }
    }

    private static func quoted(_ key: String) -> String {
        let isLong = key.unicodeScalars.count > longestKey
        let shown = isLong ? String(key.unicodeScalars.prefix(longestKey)) + "…" : key
        return "[\(String(decoding: JSON.string(shown).serialized(), as: UTF8.self))]"
    }
}
