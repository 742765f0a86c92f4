/// Writes bytes in base64.
///
/// Source: RFC 4648, section 4.
public enum Base64Encoding {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// The bytes as base64 with padding, in quotes: a JSON string.
    public static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4 + 2)
        text.append(UInt8(ascii: "\""))
        var position = 0
        while position + 2 < bytes.count {
            append(bytes[position], bytes[position + 1], bytes[position + 2], to: &text)
            position += 3
        }
        let rest = bytes.count - position
        if rest > 0 {
            append(bytes[position], rest == 2 ? bytes[position + 1] : 0, 0, to: &text)
            text[text.count - 1] = UInt8(ascii: "=")
            if rest == 1 { text[text.count - 2] = UInt8(ascii: "=") }
        }
        text.append(UInt8(ascii: "\""))
        return text
    }

    private static func append(_ first: UInt8, _ second: UInt8, _ third: UInt8, to text: inout [UInt8]) {
        text.append(alphabet[Int(first >> 2)])
        text.append(alphabet[Int((first & 3) << 4 | second >> 4)])
        text.append(alphabet[Int((second & 15) << 2 | third >> 6)])
        text.append(alphabet[Int(third & 63)])
    }
}
