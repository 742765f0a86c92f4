/// Texts and their counts by the reference tokenizer, written by `Tests/tokenizer/make-vectors`.
enum TokenVectors {
    /// A text, and how many tokens it has in either vocabulary.
    struct Vector: Sendable {
        let text: String
        let cl100k: Int
        let o200k: Int
    }

    static let all: [Vector] = [
        Vector(text: "", cl100k: 0, o200k: 0),
        Vector(text: " ", cl100k: 1, o200k: 1),
        Vector(text: "a", cl100k: 1, o200k: 1),
        Vector(text: "hello world", cl100k: 2, o200k: 2),
        Vector(text: "Hello, World!", cl100k: 4, o200k: 4),
        Vector(text: "It's we'll I'M they\u{2019}re can't", cl100k: 10, o200k: 7),
        Vector(text: "x'\u{17F} y'\u{17F}z", cl100k: 9, o200k: 7),
        Vector(text: "'S'LL'Ve", cl100k: 5, o200k: 5),
        Vector(text: "1234567890", cl100k: 4, o200k: 4),
        Vector(text: "12345.678,9", cl100k: 6, o200k: 6),
        Vector(text: "<|endoftext|>", cl100k: 7, o200k: 7),
        Vector(text: "<|im_start|>user\nhi<|im_end|>", cl100k: 15, o200k: 15),
        Vector(text: "\n\n\n", cl100k: 1, o200k: 1),
        Vector(text: "a\n  ", cl100k: 3, o200k: 3),
        Vector(text: "a\n \n  b", cl100k: 4, o200k: 4),
        Vector(text: "  \r\n\t x", cl100k: 3, o200k: 3),
        Vector(text: "tab\tseparated\tvalues", cl100k: 4, o200k: 4),
        Vector(text: "\u{A0}nbsp\u{3000}wide", cl100k: 4, o200k: 4),
        Vector(text: "camelCaseHTTPServer", cl100k: 4, o200k: 4),
        Vector(text: "HTMLElement's", cl100k: 2, o200k: 2),
        Vector(text: "\u{301}a", cl100k: 2, o200k: 2),
        Vector(text: "e\u{301}te\u{301}", cl100k: 4, o200k: 4),
        Vector(text: "\u{301}A\u{301}B's", cl100k: 5, o200k: 5),
        Vector(text: "\u{1C5}\u{2B0}\u{AA}x", cl100k: 6, o200k: 6),
        Vector(text: "\u{4E2D}\u{6587}\u{5B57}\u{7B26}\u{4E32}\u{3002}", cl100k: 4, o200k: 3),
        Vector(text: "\u{65E5}\u{672C}\u{8A9E}\u{306E}\u{30C6}\u{30AD}\u{30B9}\u{30C8}", cl100k: 8, o200k: 6),
        Vector(text: "\u{D55C}\u{AD6D}\u{C5B4}", cl100k: 4, o200k: 2),
        Vector(
            text: "\u{41F}\u{440}\u{438}\u{432}\u{435}\u{442}, \u{43C}\u{438}\u{440}",
            cl100k: 6,
            o200k: 4
        ),
        Vector(text: "\u{645}\u{631}\u{62D}\u{628}\u{627}", cl100k: 5, o200k: 2),
        Vector(text: "\u{E2A}\u{E27}\u{E31}\u{E2A}\u{E14}\u{E35}", cl100k: 6, o200k: 4),
        Vector(text: "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}", cl100k: 13, o200k: 8),
        Vector(text: "\u{1F44D}\u{1F3FD} \u{1F1E9}\u{1F1EA}", cl100k: 12, o200k: 7),
        Vector(text: "\u{661}\u{662}\u{663}\u{664}", cl100k: 8, o200k: 4),
        Vector(text: "\u{2167}\u{BD}\u{B2}", cl100k: 4, o200k: 4),
        Vector(text: "https://example.org/a/b?c=d&e=f#g", cl100k: 12, o200k: 12),
        Vector(text: "//\n/", cl100k: 2, o200k: 2),
        Vector(text: "!!\u{301}\u{301}a", cl100k: 4, o200k: 4),
        Vector(text: "for (int i = 0; i < n; ++i) {\n\tx[i] *= 2;\n}\r\n", cl100k: 24, o200k: 24),
        Vector(text: "SELECT * FROM t WHERE a >= 'b';", cl100k: 10, o200k: 10),
        Vector(text: "supercalifragilisticexpialidocious", cl100k: 11, o200k: 10),
        Vector(text: "\u{0}\u{1}\u{7F}", cl100k: 3, o200k: 3),
        Vector(text: "\u{FFFD}\u{FEFF}\u{10FFFF}", cl100k: 6, o200k: 6),
        Vector(text: "----------------------------------------------------------------", cl100k: 1, o200k: 1),
        Vector(
            text: "zqxjkvbpygfwmucldrhsnioatezqxjkvbpygfwmucldrhsnioatezqxjkvbpygfwmucldrhsnioate",
            cl100k: 36,
            o200k: 42
        ),
        Vector(text: String(repeating: "a", count: 1000), cl100k: 125, o200k: 125),
        Vector(text: String(repeating: " ", count: 1000), cl100k: 9, o200k: 9),
        Vector(text: String(repeating: "\n", count: 300), cl100k: 10, o200k: 20),
        Vector(text: String(repeating: "\u{4E2D}", count: 256), cl100k: 256, o200k: 256),
        Vector(text: String(repeating: "\u{1F600}", count: 100), cl100k: 200, o200k: 100),
        Vector(text: String(repeating: "ab", count: 129), cl100k: 129, o200k: 65),
        Vector(text: String(repeating: "-", count: 5000), cl100k: 79, o200k: 78),
        Vector(text: String(repeating: "0", count: 1001), cl100k: 334, o200k: 334),
    ]
}
