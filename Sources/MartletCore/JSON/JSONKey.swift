import Glibc

/// A member's name, compared and hashed by its bytes.
///
/// `String` compares by canonical equivalence, which would merge two members that RFC 8259 keeps apart, and
/// would let a sender choose any number of different names with one hash.
struct JSONKey: Hashable {
    /// The name.
    let text: String

    /// Whether both are spelled with the same bytes.
    static func == (one: JSONKey, other: JSONKey) -> Bool {
        let (one, other) = (one.text.utf8Span.span, other.text.utf8Span.span)
        guard one.count == other.count else { return false }
        let count = one.count
        return unsafe one.withUnsafeBytes { one in
            unsafe other.withUnsafeBytes { other in
                guard let one = one.baseAddress, let other = other.baseAddress else { return true }
                return unsafe memcmp(one, other, count) == 0
            }
        }
    }

    /// Feeds the bytes of the name.
    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 {
            hasher.combine(byte)
        }
        hasher.combine(UInt8(0xFF))
    }
}
