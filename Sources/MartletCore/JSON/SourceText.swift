/// A JSON string that still lies in the document it was read from.
///
/// A picture in a request is one string of many million characters: left where it is, it costs no second copy.
/// The document stays in memory as long as one of its texts does.
public struct SourceText: Sendable, Equatable {
    /// How the bytes stand for the text.
    enum Form: Sendable, Equatable {
        /// They lie between quotation marks, and there is no escape among them.
        case plain
        /// They lie between quotation marks, with escapes.
        case escaped
        /// They are the text itself, with whatever JSON would escape.
        case resolved
    }

    let document: [UInt8]
    let range: Range<Int>
    let form: Form

    /// A part of a document that the parser has checked.
    init(in document: [UInt8], range: Range<Int>, form: Form) {
        self.document = document
        self.range = range
        self.form = form
    }

    /// A text of its own.
    public init(_ text: String) {
        document = Array(text.utf8)
        range = 0..<document.count
        form = .resolved
    }

    /// How many bytes it takes in its document, escapes included.
    public var sourceCount: Int { range.count }

    /// The text, as a copy with its escapes resolved.
    public var string: String {
        guard form == .escaped else { return String(decoding: document[range], as: UTF8.self) }
        var parser = JSONParser(bytes: document, limits: .default)
        parser.position = range.lowerBound - 1
        // The document was checked when it was read.
        return (try? parser.string()) ?? ""
    }

    /// Whether both are the same text in the same spelling.
    public static func == (one: SourceText, other: SourceText) -> Bool {
        one.form == other.form && one.document[one.range] == other.document[other.range]
    }

    /// Cuts the text behind the first `separator`, an ASCII character, among its first `limit` bytes.
    ///
    /// - Returns: what stands before it, and the rest where it is; nil without a separator, or when something
    ///   other than ASCII comes first.
    public func cut(behind separator: UInt8, within limit: Int) -> (head: String, rest: SourceText)? {
        var head: [UInt8] = []
        var position = range.lowerBound
        while position < range.upperBound, head.count < limit {
            guard let byte = ASCIISource.next(in: document, at: &position, to: range.upperBound, form: form)
            else { return nil }
            guard byte != separator else {
                let rest = SourceText(in: document, range: position..<range.upperBound, form: form)
                return (String(decoding: head, as: UTF8.self), rest)
            }
            head.append(byte)
        }
        return nil
    }
}

/// Reads ASCII characters out of a JSON string without resolving the whole of it.
enum ASCIISource {
    /// The next character and a step over it; nil for one that is not ASCII.
    static func next(
        in bytes: [UInt8],
        at position: inout Int,
        to end: Int,
        form: SourceText.Form
    ) -> UInt8? {
        let byte = bytes[position]
        position += 1
        guard byte == UInt8(ascii: "\\"), form == .escaped else { return byte < 0x80 ? byte : nil }
        guard position < end else { return nil }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "u"): return unicode(in: bytes, at: &position, to: end)
        default: return letter
        }
    }

    /// Four hexadecimal digits that name an ASCII character.
    private static func unicode(in bytes: [UInt8], at position: inout Int, to end: Int) -> UInt8? {
        guard position + 4 <= end else { return nil }
        var value = 0
        for digit in bytes[position..<(position + 4)] {
            guard let number = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            value = value << 4 | number
        }
        position += 4
        return value < 0x80 ? UInt8(value) : nil
    }
}
