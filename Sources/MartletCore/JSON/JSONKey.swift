/// A member's name, compared and hashed by its bytes.
///
/// `String` compares by canonical equivalence, which would merge two members that RFC 8259 keeps apart, and
/// would let a sender choose any number of different names with one hash.
struct JSONKey: Hashable {
    /// The name.
    let text: String

    /// Whether both are spelled with the same bytes.
    static func == (one: JSONKey, other: JSONKey) -> Bool {
        one.text.utf8.count == other.text.utf8.count && one.text.utf8.elementsEqual(other.text.utf8)
    }

    /// Feeds the bytes of the name.
    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 {
            hasher.combine(byte)
        }
        hasher.combine(UInt8(0xFF))
    }
}
