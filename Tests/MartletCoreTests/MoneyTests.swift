import MartletCore
import Testing

@Suite("Money and prices")
struct MoneyTests {
    @Test(arguments: [
        ("0", 0), ("12", 12_000_000_000), ("0.5", 500_000_000), ("-1.25", -1_250_000_000), ("0.000000001", 1),
    ])
    func `dollars are read and written exactly`(text: String, nano: Int64) throws {
        #expect(Credits(dollars: text)?.nano == nano)
        #expect(Credits(nano: nano).dollars == text)
    }

    @Test(arguments: [
        "", ".5", "1.", "1e3", "1,5", "0.0000000001", "99999999999", "--1", "1.2.3", " 1", "9999999999.9",
    ])
    func `what is no amount is refused`(text: String) {
        #expect(Credits(dollars: text) == nil)
    }

    @Test func `quota units are a five hundred thousandth of a dollar, rounded down`() {
        #expect(Credits(quota: 500_000).dollars == "1")
        #expect(
            Credits(nano: 1_999).quota == 0 && Credits(nano: 2_000).quota == 1
                && Credits(nano: -1).quota == -1
        )
        #expect(Credits(quota: .max).nano == .max && (Credits(nano: .max) + Credits(nano: 1)).nano == .max)
    }

    @Test func `every class of tokens has its price, and the sum is rounded up once`() {
        var price = ModelPrice(input: 3_000_000, output: 15_000_000)  // $3 and $15 a million
        (price.cachedInput, price.cacheWrite, price.hourCacheWrite) = (300_000, 3_750_000, 6_000_000)
        var usage = TokenUsage(input: 1_000, output: 100)
        (usage.cachedInput, usage.cacheWrite, usage.hourCacheWrite) = (500, 200, 100)
        // 200 plain, 500 cached, 200 and 100 written, 100 out
        let nano: Int64 = 200 * 3_000 + 500 * 300 + 200 * 3_750 + 100 * 6_000 + 100 * 15_000
        #expect(price.charge(for: ModelPrice.Work(usage)).nano == nano)
        #expect(price.charge(for: ModelPrice.Work(usage), ratio: 500_000).nano == nano / 2)
        let tiny = ModelPrice(input: 1)
        #expect(tiny.charge(for: ModelPrice.Work(TokenUsage(input: 1, output: 0))).nano == 1)
        #expect(tiny.charge(for: ModelPrice.Work(TokenUsage(input: 1_001, output: 0))).nano == 2)
    }

    @Test func `pieces have prices, and nonsense costs nothing or all there is`() {
        var price = ModelPrice()
        (price.image, price.second, price.character, price.call) = (
            Credits(nano: 40), Credits(nano: 3), Credits(nano: 2), Credits(nano: 1)
        )
        var work = ModelPrice.Work(.none)
        (work.images, work.seconds, work.characters) = (2, 10, 5)
        #expect(price.charge(for: work).nano == 80 + 30 + 10 + 1)
        #expect(!price.isFixed && ModelPrice().isFixed)
        let odd = TokenUsage(input: TokenCount(-5), output: TokenCount(.max))
        #expect(ModelPrice(input: 1_000_000, output: .max).charge(for: ModelPrice.Work(odd)).nano == .max)
    }

    @Test(arguments: [
        ("gpt-4o", "gpt-4o", true), ("gpt-4o", "gpt-4o-mini", false), ("gpt-4*", "gpt-4o-mini", true),
        ("*", "", true),
        ("*-mini", "gpt-4o-mini", true), ("a*b*c", "a-b-c", true), ("a*b*c", "acb", false),
        ("ab*ba", "aba", false),
        ("openai/*", "openai/gpt", true), ("", "x", false),
    ])
    func `patterns`(pattern: String, name: String, fits: Bool) {
        #expect(NamePattern(pattern).matches(name) == fits)
    }

    @Test(arguments: [0, 951_782_400, 1_709_164_800, 1_790_000_000, -1, 4_102_444_799])
    func `times of the calendar`(seconds: Int) {
        let text = CivilTime.text(seconds)
        #expect(CivilTime.seconds(text) == seconds)
        #expect(CivilTime.text(CivilTime.startOfMonth(seconds)).hasSuffix("-01T00:00:00Z"))
        #expect(CivilTime.text(CivilTime.startOfDay(seconds)).hasPrefix(text.prefix(10)))
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}\u{3f}\u{7f}"])
    func `base64 in both alphabets`(text: String) {
        let bytes = Array(text.utf8)
        #expect(Base64Encoding.bytes(in: Base64Encoding.text(bytes)) == bytes)
        #expect(Base64Encoding.bytes(in: Base64Encoding.urlText(bytes)) == bytes)
    }

    @Test(arguments: ["A", "Zm9v=", "Zm9=v", "Zg=", "Zh==", "Zm 9v", "Zm9v\n", "====", "Zm9_-*"])
    func `what is no base64 is refused`(text: String) {
        #expect(Base64Encoding.bytes(in: text) == nil)
    }
}
