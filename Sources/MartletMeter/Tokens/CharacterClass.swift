/// What the two regular expressions tell apart among characters, by Unicode 16.0.0.
///
/// The numbers are those of `Sources/CTables/make-tables`.
struct CharacterClass: Equatable {
    /// The class's number in the table.
    let number: UInt8

    /// All that is none of the others: punctuation, symbols, controls, unassigned code points.
    static let other = CharacterClass(number: 0)
    /// `\p{Lu}` and `\p{Lt}`.
    static let upper = CharacterClass(number: 1)
    /// `\p{Ll}`.
    static let lower = CharacterClass(number: 2)
    /// `\p{Lm}` and `\p{Lo}`.
    static let caseless = CharacterClass(number: 3)
    /// `\p{M}`.
    static let mark = CharacterClass(number: 4)
    /// `\p{N}`.
    static let number = CharacterClass(number: 5)
    /// `\s` without carriage return and line feed.
    static let space = CharacterClass(number: 6)
    /// Carriage return and line feed.
    static let newline = CharacterClass(number: 7)
    /// Behind the last character.
    static let end = CharacterClass(number: 8)

    /// `\p{L}`.
    @inline(__always) var isLetter: Bool { number &- 1 < 3 }

    /// `\s`.
    @inline(__always) var isWhite: Bool { number & 0b1110 == 6 }

    /// `[^\s\p{L}\p{N}]`.
    @inline(__always) var isSymbol: Bool { number & 0b1011 == 0 }
}
