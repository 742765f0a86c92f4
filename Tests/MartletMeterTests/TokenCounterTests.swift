import MartletCore
import Testing

@testable import MartletMeter

@Suite struct `Token counting` {
    @Test(arguments: TokenVectors.all)
    func `agrees with the reference`(vector: TokenVectors.Vector) throws {
        let cl100k = try #require(BytePairCounter(.cl100k))
        let o200k = try #require(BytePairCounter(.o200k))
        #expect(cl100k.count(vector.text).value == vector.cl100k)
        #expect(o200k.count(vector.text).value == vector.o200k)
    }

    @Test(arguments: Vocabulary.allCases)
    func `of long texts without a blank ends, and whole they are never more than their halves`(
        vocabulary: Vocabulary
    ) throws {
        let counter = try #require(BytePairCounter(vocabulary))
        for unit in ["a", "-", "0", "zq", "\u{4E2D}", "\u{301}"] {
            let half = String(repeating: unit, count: (1 << 15) / unit.utf8.count)
            let whole = counter.count(half + half)
            #expect(whole > 0)
            #expect(whole <= counter.count(half) + counter.count(half))
        }
    }

    @Test(arguments: Vocabulary.allCases)
    func `of very many blanks is that of its composition`(vocabulary: Vocabulary) throws {
        // The longest token of blanks has 128; the reference itself overflows its stack on so many.
        let counter = try #require(BytePairCounter(vocabulary))
        #expect(counter.count(String(repeating: " ", count: 1 << 18)).value == 1 << 11)
    }

    @Test(arguments: Vocabulary.allCases)
    func `merges long pieces as it does short ones`(vocabulary: Vocabulary) throws {
        let table = try BytePairTable(checking: EmbeddedTable.vocabulary(vocabulary).bytes)
        var seed: UInt64 = 1
        for length in 2...256 {
            let letters = (0..<length).map { _ -> UInt8 in
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(ascii: "a") + UInt8((seed >> 33) % UInt64(length % 26 + 1))
            }
            var string = String(decoding: letters, as: UTF8.self)
            let counts = try string.withUTF8 { bytes in
                let text = try #require(ClassifiedText(bytes, classes: .characterClasses))
                let short = ShortPieceMerge.with(table) { $0.count(text, 0, length: length) }
                var long = LongPieceMerge(table, text, 0, length: length)
                return (short, long.count())
            }
            #expect(counts.0 == counts.1)
        }
    }

    @Test(arguments: ["x", "!", "漢"], Vocabulary.allCases)
    func `counts a word without an end in parts, with a few tokens' difference at each seam`(
        letter: String,
        vocabulary: Vocabulary
    ) throws {
        let limit = 4_096
        let table = try BytePairTable(checking: EmbeddedTable.vocabulary(vocabulary).bytes)
        for length in [4_096, 4_097, 20_000] {
            var word = String(repeating: letter, count: length)
            try word.withUTF8 { bytes in
                let text = try #require(ClassifiedText(bytes, classes: .characterClasses))
                let all = 0..<bytes.count
                let whole = BytePairCounter.countLong(text, table, all, limit: bytes.count)
                let parts = BytePairCounter.countLong(text, table, all, limit: limit)
                #expect(abs(parts - whole) <= 3 * (bytes.count / limit))
                #expect(parts > 0)
            }
        }
    }

    @Test func `reads bridged and sliced text alike`() throws {
        let counter = try #require(BytePairCounter(.o200k))
        let text = "one two three"
        #expect(counter.count(String(text.dropFirst(4))) == counter.count("two three"))
    }
}

@Suite struct `Pieces of a text` {
    private func pieces<P: PreTokenizer>(_ string: String, _ preTokenizer: P.Type) -> [String] {
        var string = string
        return string.withUTF8 { bytes in
            guard let text = ClassifiedText(bytes, classes: .characterClasses) else { return [] }
            var pieces: [String] = []
            var start = 0
            while start < text.count {
                let end = P.pieceEnd(in: text, from: start)
                pieces.append(String(decoding: bytes[start..<end], as: UTF8.self))
                start = end
            }
            return pieces
        }
    }

    @Test(arguments: [
        ["y", "'\u{17F}", "z"], ["it", "'LL", "x"], ["they", "’re"], ["123", "4"], [" ", "12"], ["  ", " x"],
        ["\t", "\tx"], ["a", "\n  "], ["a", " \n\n", " ", " b"], ["//\n", "/"], [" !!\u{301}", "a"],
        ["\u{301}AB"], ["HTTPServer"], ["中文Ab"], ["\u{A0}x"], ["<|", "endoftext", "|>"],
    ])
    func `are those of cl100k_base`(expected: [String]) {
        #expect(pieces(expected.joined(), CL100KPreTokenizer.self) == expected)
    }

    @Test(arguments: [
        ["y'\u{17F}", "z"], ["it'LL", "x"], ["they", "’re"], ["123", "4"], [" ", "12"], ["  ", " x"],
        ["\t", "\tx"], ["a", "\n", "  "], ["a", " \n\n", " ", " b"], ["//\n/"], [" !!\u{301}", "a"],
        ["\u{301}", "AB"], ["\u{301}'s"], ["HTTPServer"], ["camel", "Case"], ["中文Ab"], ["中", "A"],
        ["\u{A0}x"], ["<|", "endoftext", "|>"],
    ])
    func `are those of o200k_base`(expected: [String]) {
        #expect(pieces(expected.joined(), O200KPreTokenizer.self) == expected)
    }
}

@Suite struct `Token tables` {
    /// A copy of the whole table, changed, and what opening it throws; the copy lives until `body` returns.
    private func open(_ change: (inout [UInt8]) -> Void) -> TokenTableError? {
        var copy = Array(EmbeddedTable.vocabulary(.cl100k).bytes)
        change(&copy)
        return copy.withUnsafeBytes { bytes in
            do throws(TokenTableError) {
                _ = try BytePairTable(checking: bytes)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func `that are whole open`() {
        #expect(open { _ in } == nil)
    }

    @Test func `that are cut short or missing are refused`() {
        let size = EmbeddedTable.vocabulary(.cl100k).size
        #expect(open { $0.removeLast() } == .size(expected: size, found: size - 1))
        #expect(open { $0.removeAll() } == .size(expected: 128, found: 0))
        #expect(open { $0 = Array("version https://git-lfs.github.com/spec/v1\n".utf8) } != nil)
    }

    @Test func `with a damaged header are refused, whichever byte it is`() {
        for index in 0..<128 { #expect(open { $0[index] ^= 0x10 } == .header) }
    }

    @Test func `whose content was mangled as a whole are refused`() {
        let mangled = open { bytes in
            bytes = Array(bytes[..<4096]) + Array(repeating: 0, count: bytes.count - 4096)
        }
        #expect(mangled == .content)
    }

    @Test func `that are damaged mean an estimate and one warning each`() {
        var warnings: [String] = []
        let missing = EmbeddedTable(address: 0, size: 0)
        let counters = TokenCounters(
            table: { $0 == .cl100k ? missing : .vocabulary($0) },
            warn: { warnings.append($0) }
        )
        for _ in 0..<3 {
            #expect(counters.counter(model: "gpt-4") is EstimatingCounter)
            #expect(counters.counter(model: "gpt-4").count("12345678") == 2)
            #expect(counters.counter(model: "gpt-4o") is BytePairCounter)
        }
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("cl100k_base") == true)
    }

    @Test func `of character classes are refused when any byte is damaged`() {
        let whole = Array(EmbeddedTable.characterClasses.bytes)
        for index in [0, 8703, 8704, whole.count / 2, whole.count - 1] {
            var copy = whole
            copy[index] ^= 1
            copy.withUnsafeBytes { bytes in
                let table = EmbeddedTable(address: UInt(bitPattern: bytes.baseAddress), size: bytes.count)
                #expect(throws: TokenTableError.content) { try ClassifiedText.check(table) }
            }
        }
        #expect(throws: TokenTableError.self) {
            try BytePairCounter(
                .o200k,
                table: .vocabulary(.o200k),
                classes: EmbeddedTable(address: 0, size: 0)
            )
        }
    }

    /// A slot that no check saw makes a count wrong, but never reads outside the table.
    @Test func `with damage that no check sees still count`() throws {
        let whole = Array(EmbeddedTable.vocabulary(.o200k).bytes)
        let texts = TokenVectors.all.map(\.text)
        for step in [1, 97, 1009] {
            var copy = whole
            if step == 1 { copy = Array(whole[..<1152]) + Array(repeating: 0xFF, count: whole.count - 1152) }
            for index in stride(from: 1152, to: copy.count, by: max(step, 97)) { copy[index] = 0xFF }
            try copy.withUnsafeBytes { bytes in
                let table = try #require(BytePairTable(trusting: bytes))
                for var string in texts where !string.isEmpty {
                    let tokens = string.withUTF8 { bytes in
                        guard let text = ClassifiedText(bytes, classes: .characterClasses) else { return 0 }
                        return BytePairCounter.count(text, table, .o200k)
                    }
                    #expect(tokens > 0)
                }
            }
        }
    }

    @Test func `of the program give no warning`() {
        _ = TokenCounters { Issue.record("\($0)") }
    }
}

@Suite struct `Vocabularies` {
    @Test(arguments: [
        ("gpt-4", Vocabulary.cl100k), ("gpt-4-0613", .cl100k), ("gpt-3.5-turbo-16k", .cl100k),
        ("openai/gpt-4", .cl100k), ("gpt-4/", .cl100k), ("a//gpt-4", .cl100k), ("/", .o200k),
        ("text-embedding-3-small", .cl100k), ("ft:gpt-4:org", .cl100k),
        ("ft:gpt-4o:org", .o200k), ("gpt-4o-mini", .o200k), ("gpt-4.1", .o200k), ("gpt-5", .o200k),
        ("o3-mini", .o200k), ("claude-sonnet-4", .o200k), ("", .o200k),
    ])
    func `are found by the model's name, unknown models use o200k`(model: String, expected: Vocabulary) {
        #expect(Vocabulary(model: model) == expected)
    }
}

@Suite struct `Message tokens` {
    private struct Letters: TokenCounter {
        func count(_ text: String) -> TokenCount { TokenCount(text.utf8.count) }
    }

    @Test func `are those of role, texts and name, and what the format adds`() {
        let messages = MessageTokens(model: "gpt-4o", counter: Letters())
        #expect(messages.count(role: "user", texts: ["ab", "c"]) == 10)
        #expect(messages.count(role: "user", texts: [], name: "xy") == 10)
        #expect(MessageTokens.replyPriming == 3)
    }

    @Test func `of the first chat model are counted by its own rule`() {
        let messages = MessageTokens(model: "gpt-3.5-turbo-0301", counter: Letters())
        #expect(messages.count(role: "user", texts: ["ab"], name: "xy") == 11)
    }

    @Test func `agree with OpenAI's published example`() throws {
        let counter = try #require(BytePairCounter(.o200k))
        let messages = MessageTokens(model: "gpt-4o", counter: counter)
        let example = [
            (
                "system", nil,
                "You are a helpful, pattern-following assistant that translates corporate jargon into plain English."
            ),
            ("system", "example_user", "New synergies will help drive top-line growth."),
            ("system", "example_assistant", "Things working well together will increase revenue."),
            (
                "system", "example_user",
                "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."
            ),
            ("system", "example_assistant", "Let's talk later when we're less busy about how to do better."),
            (
                "user", nil,
                "This late pivot means we don't have time to boil the ocean for the client deliverable."
            ),
        ]
        var total = MessageTokens.replyPriming
        for (role, name, text) in example { total += messages.count(role: role, texts: [text], name: name) }
        #expect(total == 124)
    }
}

@Suite struct `Token estimates` {
    @Test func `take four ASCII bytes or one other character as a token`() {
        let counter = EstimatingCounter()
        #expect(counter.count("") == 0)
        #expect(counter.count("a") == 1)
        #expect(counter.count("12345678") == 2)
        #expect(counter.count("\u{4E2D}\u{1F600}") == 2)
    }
}
