/// Bytes spelled in base64, still where they were read; they are decoded piece by piece when they are needed.
///
/// Both alphabets are taken, padding may be missing, and white space between the characters is passed over, as
/// programs send all of these. Source: RFC 4648, sections 4 and 5; RFC 2045, section 6.8.
public struct Base64Text: Sendable, Equatable {
    let text: SourceText

    /// Takes a text; nothing is decoded yet.
    public init(_ text: SourceText) {
        self.text = text
    }

    /// The spelling itself.
    public var source: SourceText { text }

    /// How many bytes the text takes as it is spelled.
    public var sourceCount: Int { text.sourceCount }

    /// The most bytes that can come of it.
    public var largestCount: Int { text.sourceCount / 4 * 3 + 3 }
}

/// Why a text is not base64.
public enum Base64Error: Error, Equatable, Sendable {
    /// There is a character that cannot stand there, so many bytes from the start of the spelling.
    case unexpectedCharacter(offset: Int)
    /// It ends inside a group, or is padded wrongly.
    case wrongLength
}

/// Decodes a base64 text from its start to its end.
public struct Base64Reader: Sendable {
    private let source: [UInt8]
    private let start: Int
    private let end: Int
    private let form: SourceText.Form
    private var position: Int
    private var group: UInt32 = 0
    private var groupCount = 0
    private var padding = 0

    /// Starts at the first character.
    public init(_ text: Base64Text) {
        source = text.text.document
        start = text.text.range.lowerBound
        end = text.text.range.upperBound
        form = text.text.form
        position = start
    }

    /// Appends the next bytes, `count` or a few more; fewer only at the end, where it appends none.
    ///
    /// - Throws: `Base64Error` at the first fault.
    public mutating func read(_ count: Int, into output: inout [UInt8]) throws(Base64Error) {
        let goal = output.count + count
        while output.count < goal, position < end {
            position = readGroups(upTo: goal, into: &output)
            guard output.count < goal, position < end else { break }
            try readCharacter(into: &output)
        }
        if position == end, output.count < goal { try finish(into: &output) }
    }

    /// The way of nearly all characters: four at once, as long as they are plain.
    ///
    /// Returns the place of the next character.
    private func readGroups(upTo goal: Int, into output: inout [UInt8]) -> Int {
        guard groupCount == 0, padding == 0 else { return position }
        let span = source.span
        let values = Self.values
        var next = position
        while next &+ 4 <= end, output.count < goal {
            let one = values[Int(span[next])]
            let two = values[Int(span[next &+ 1])]
            let three = values[Int(span[next &+ 2])]
            let four = values[Int(span[next &+ 3])]
            guard one | two | three | four < 64 else { break }
            output.append(one << 2 | two >> 4)
            output.append(two << 4 | three >> 2)
            output.append(three << 6 | four)
            next &+= 4
        }
        return next
    }

    private mutating func readCharacter(into output: inout [UInt8]) throws(Base64Error) {
        let offset = position - start
        var next = position
        guard let byte = ASCIISource.next(in: source, at: &next, to: end, form: form) else {
            throw .unexpectedCharacter(offset: offset)
        }
        position = next
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D:
            return
        case UInt8(ascii: "="):
            padding += 1
        default:
            let value = Self.values[Int(byte)]
            guard value < 64, padding == 0 else { throw .unexpectedCharacter(offset: offset) }
            group = group << 6 | UInt32(value)
            groupCount += 1
            guard groupCount == 4 else { return }
            output.append(UInt8(truncatingIfNeeded: group >> 16))
            output.append(UInt8(truncatingIfNeeded: group >> 8))
            output.append(UInt8(truncatingIfNeeded: group))
            (group, groupCount) = (0, 0)
        }
    }

    /// What is left of the last group.
    private mutating func finish(into output: inout [UInt8]) throws(Base64Error) {
        guard padding == 0 || groupCount > 1 && groupCount + padding == 4 else { throw .wrongLength }
        switch groupCount {
        case 0: break
        case 2: output.append(UInt8(truncatingIfNeeded: group >> 4))
        case 3:
            output.append(UInt8(truncatingIfNeeded: group >> 10))
            output.append(UInt8(truncatingIfNeeded: group >> 2))
        default: throw .wrongLength
        }
        (group, groupCount, padding) = (0, 0, 0)
    }

    /// The value of each character; 255 for those outside of both alphabets.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, character) in alphabet.utf8.enumerated() { values[Int(character)] = UInt8(value) }
        values[Int(UInt8(ascii: "-"))] = 62
        values[Int(UInt8(ascii: "_"))] = 63
        return values
    }()
}
