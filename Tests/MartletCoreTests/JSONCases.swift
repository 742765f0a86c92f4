import MartletCore

/// Documents inside and outside the grammar of RFC 8259.
enum JSONCases {
    /// A document and how it is written again.
    static let accepted: [(String, String)] = [
        ("null", "null"), ("true", "true"), ("false", "false"), (" \t\r\n0 \t\r\n", "0"),
        ("0", "0"), ("-0", "-0"), ("10", "10"), ("1.50", "1.50"), ("-0.0e-00", "-0.0e-00"), ("1E+2", "1E+2"),
        ("12345678901234567890123", "12345678901234567890123"), ("1e999999999", "1e999999999"),
        (#""""#, #""""#), (#""plain""#, #""plain""#), ("\"\u{7F}\u{2028}\"", "\"\u{7F}\u{2028}\""),
        (#""\"\\\/\b\f\n\r\t""#, #""\"\\/\b\f\n\r\t""#), (#""\u0000\u001F""#, #""\u0000\u001f""#),
        (#""\u00e9\u20AC""#, #""é€""#), (#""\ud83d\ude00""#, #""😀""#), (#""\uDBFF\uDFFF""#, "\"\u{10FFFF}\""),
        ("\"\u{FFFF}\u{10FFFF}\"", "\"\u{FFFF}\u{10FFFF}\""),
        // A surrogate without its partner becomes the replacement character.
        (#""\ud83d""#, "\"\u{FFFD}\""), (#""\ude00x""#, "\"\u{FFFD}x\""), (#""\ud83dx""#, "\"\u{FFFD}x\""),
        (#""\ud83d\n""#, "\"\u{FFFD}\\n\""), (#""\ud83d\u0041""#, "\"\u{FFFD}A\""),
        (#""\ud83d\ud83d\ude00""#, "\"\u{FFFD}😀\""), (#""\ude00\ud83d""#, "\"\u{FFFD}\u{FFFD}\""),
        ("[]", "[]"), ("[ ]", "[]"), ("[[],[[]]]", "[[],[[]]]"), ("[1 , 2]", "[1,2]"),
        ("{}", "{}"), ("{ }", "{}"), (#"{ "b" : 1 , "a" : { } }"#, #"{"b":1,"a":{}}"#),
        (#"{"":0}"#, #"{"":0}"#),
        (#"{"a":1,"b":2,"a":3}"#, #"{"a":3,"b":2}"#), (#"{"\u0061":1,"a":2}"#, #"{"a":2}"#),
        ("\u{FEFF}[1]", "[1]"),
    ]

    /// A document, what is wrong with it, and where in bytes.
    static let refused: [(String, JSONError.Reason, Int)] = [
        ("", .unexpectedEnd, 0), (" ", .unexpectedEnd, 1), ("\u{FEFF}", .unexpectedEnd, 3),
        ("\u{FEFF}\u{FEFF}1", .unexpectedCharacter, 3), ("[\u{FEFF}]", .unexpectedCharacter, 1),
        ("nul", .unexpectedEnd, 3), ("nulL", .unexpectedCharacter, 3), ("True", .unexpectedCharacter, 0),
        ("nullx", .trailingCharacters, 4), ("1 2", .trailingCharacters, 2), ("[]]", .trailingCharacters, 2),
        ("NaN", .unexpectedCharacter, 0), ("Infinity", .unexpectedCharacter, 0),
        ("+1", .unexpectedCharacter, 0),
        ("-", .unexpectedEnd, 1), ("-a", .invalidNumber, 1), ("-Infinity", .invalidNumber, 1),
        ("01", .invalidNumber, 0), ("-01", .invalidNumber, 1), ("00", .invalidNumber, 0),
        ("1.", .unexpectedEnd, 2), ("1.e1", .invalidNumber, 2), (".5", .unexpectedCharacter, 0),
        ("1e", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3), ("[1e]", .invalidNumber, 3),
        ("0x1", .trailingCharacters, 1), ("1_0", .trailingCharacters, 1), ("１", .unexpectedCharacter, 0),
        ("'a'", .unexpectedCharacter, 0), ("\"a", .unexpectedEnd, 2), ("\"a\\", .unexpectedEnd, 3),
        (#""\"#, .unexpectedEnd, 2), (#""\x""#, .invalidEscape, 1), (#""\U0041""#, .invalidEscape, 1),
        (#""\u004""#, .invalidEscape, 6), (#""\u00g0""#, .invalidEscape, 5),
        (#""\u+041""#, .invalidEscape, 3),
        (#""\u00１1""#, .invalidEscape, 5), (#""\ud800\u12""#, .invalidEscape, 11),
        (#""\u12"#, .unexpectedEnd, 5),
        ("\"\n\"", .controlCharacter, 1), ("\"\0\"", .controlCharacter, 1),
        ("\"ab\t\"", .controlCharacter, 3),
        ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,]", .unexpectedCharacter, 3),
        ("[,1]", .unexpectedCharacter, 1), ("[1 2]", .unexpectedCharacter, 3),
        ("[1}", .unexpectedCharacter, 2),
        ("]", .unexpectedCharacter, 0), ("[1,,2]", .unexpectedCharacter, 3),
        ("[1:2]", .unexpectedCharacter, 2),
        ("{", .unexpectedEnd, 1), (#"{"a"}"#, .unexpectedCharacter, 4), (#"{"a":}"#, .unexpectedCharacter, 5),
        (#"{"a":1,}"#, .unexpectedCharacter, 7), ("{a:1}", .unexpectedCharacter, 1),
        ("{1:1}", .unexpectedCharacter, 1),
        (#"{"a":1 "b":2}"#, .unexpectedCharacter, 7), (#"{"a"::1}"#, .unexpectedCharacter, 5),
        (#"{,"a":1}"#, .unexpectedCharacter, 1), (#"{"a":1]"#, .unexpectedCharacter, 6),
        ("[1]//", .trailingCharacters, 3), ("/**/1", .unexpectedCharacter, 0),
        ("[1,#\n2]", .unexpectedCharacter, 3),
        ("[\u{A0}1]", .unexpectedCharacter, 1), ("[\u{0C}1]", .unexpectedCharacter, 1),
        ("\0", .unexpectedCharacter, 0),
        ("1\0", .trailingCharacters, 1),
    ]

    /// Bytes, and where they stop being UTF-8.
    static let notUnicode: [([UInt8], Int)] = [
        (quoted([0xFF]), 1), (quoted([0x61, 0x80]), 2), (quoted([0xC0, 0xAF]), 1), (quoted([0xE2, 0x82]), 1),
        (quoted([0xED, 0xA0, 0x80]), 1), (quoted([0xF4, 0x90, 0x80, 0x80]), 1),
        (quoted([0xF8, 0x88, 0x80]), 1),
        // After an escape the resolved text is shorter than its source, and the offset is of the source.
        (quoted(Array(#"\u0041\n"#.utf8) + [0xC3, 0x28]), 9), (quoted([0xC3, 0x5C, 0x6E, 0xA9]), 1),
        (Array("{\"k".utf8) + [0xE9] + Array("\":1}".utf8), 3),
    ]

    /// Every kind of value, with a bracket at the end so that no beginning of it is a document.
    static let varied = #"""
        {"model": "gpt-4o", "n": -12.50e+3, "ok": [true, false, null, {}], "é\u00e9\ud83d\ude00😀\\": {"a": [[], 0]}}
        """#

    private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
    }
}
