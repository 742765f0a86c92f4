/// One record of the FastCGI protocol (FastCGI specification 1.0, 3.3).
public struct FastCGIRecord: Equatable, Sendable {
    /// What a record carries; the values of the specification, 8.
    public enum Kind: UInt8, Sendable {
        /// The beginning of a request: role and flags.
        case beginRequest = 1
        /// The web server gives a request up.
        case abortRequest = 2
        /// The end of a request: application and protocol status.
        case endRequest = 3
        /// Names and values; an empty record ends them.
        case parameters = 4
        /// A piece of the request's body; an empty record ends it.
        case input = 5
        /// A piece of the answer; an empty record ends it.
        case output = 6
        /// A piece of an error message.
        case errors = 7
        /// A question about the application.
        case getValues = 9
        /// The answer to such a question.
        case getValuesResult = 10
    }

    /// What it carries.
    public let kind: Kind
    /// Which request it belongs to.
    public let request: UInt16
    /// What it says, at most 65,535 bytes.
    public let content: [UInt8]

    /// A record to send.
    public init(_ kind: Kind, request: UInt16 = 1, content: [UInt8] = []) {
        precondition(content.count <= Int(UInt16.max))
        self.kind = kind
        self.request = request
        self.content = content
    }

    /// The record as it is sent, padded to a multiple of eight bytes.
    public var bytes: [UInt8] {
        let padding = (8 - content.count % 8) % 8
        let header: [UInt8] = [
            1, kind.rawValue, UInt8(request >> 8), UInt8(request & 0xff),
            UInt8(content.count >> 8), UInt8(content.count & 0xff), UInt8(padding), 0,
        ]
        return header + content + [UInt8](repeating: 0, count: padding)
    }

    /// Names and values as the content of `parameters` records (FastCGI specification 1.0, 3.4).
    public static func pairs(_ parameters: [(String, [UInt8])]) -> [UInt8] {
        parameters.flatMap { name, value in
            length(name.utf8.count) + length(value.count) + Array(name.utf8) + value
        }
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count > 127 else { return [UInt8(count)] }
        let number = UInt32(count) | 0x8000_0000
        return [24, 16, 8, 0].map { UInt8(number >> $0 & 0xff) }
    }
}
