/// Why bytes are not the JSON document they should be, and where.
public struct JSONError: Error, Equatable {
    /// What is wrong.
    public enum Reason: String, Sendable, CaseIterable {
        /// A character that cannot stand here.
        case unexpectedCharacter
        /// The document ends too early.
        case unexpectedEnd
        /// Something follows the document.
        case trailingCharacters
        /// A number outside the grammar: a leading zero, or no digit where one must be.
        case invalidNumber
        /// A backslash that begins no known escape.
        case invalidEscape
        /// A control character in a string that is not escaped.
        case controlCharacter
        /// Bytes in a string that are not UTF-8.
        case invalidUTF8
        /// More levels than the limit allows.
        case tooDeep
        /// More bytes than the limit allows.
        case tooLarge
        /// More values than allowed.
        case tooMany
    }

    /// What is wrong.
    public let reason: Reason

    /// Where, in bytes from the start.
    public let offset: Int

    /// The line of the fault; the first is 1.
    public let line: Int

    /// The character in its line; the first is 1.
    public let column: Int

    /// Finds the line and the column of `offset` in `bytes`.
    init(_ reason: Reason, at offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.reason = reason
        self.offset = offset
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        // A byte that continues a UTF-8 sequence is no character of its own.
        column = 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 }
    }

    /// One of few words, for metrics and logs.
    public var label: String { reason.rawValue }
}

extension JSONError: CustomStringConvertible {
    /// A sentence for the client, without any of the text it sent.
    public var description: String { "\(reason.phrase) at line \(line) column \(column)" }
}

extension JSONError.Reason {
    /// The fault in words.
    fileprivate var phrase: String {
        switch self {
        case .unexpectedCharacter: "unexpected character"
        case .unexpectedEnd: "unexpected end"
        case .trailingCharacters: "unexpected text after the document"
        case .invalidNumber: "invalid number"
        case .invalidEscape: "invalid escape"
        case .controlCharacter: "unescaped control character"
        case .invalidUTF8: "invalid UTF-8"
        case .tooDeep: "too many levels"
        case .tooLarge: "too many bytes"
        case .tooMany: "too many values"
        }
    }
}
