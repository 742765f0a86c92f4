import MartletCore
import Testing

@testable import MartletMeter

@Suite("The running token count")
struct RunningTokenCountTests {
    private let counter = TokenCounters(warn: { Issue.record("\($0)") }).counter(model: "gpt-4o")

    private func running(_ text: String, piece: Int) -> TokenCount {
        var count = RunningTokenCount(counter)
        var rest = Substring(text)
        while !rest.isEmpty {
            count.add(String(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        return count.total
    }

    @Test(arguments: [1, 7, 1_000])
    func `gives what counting the whole text gives`(piece: Int) {
        let sentence =
            "The quick brown fox, 12345 of them, doesn't jump over  the   lazy dog.\n\nIt's 3 o'clock! Ünïcödé 家族 👋🏽 "
        let text = String(repeating: sentence, count: 200)
        #expect(running(text, piece: piece) == counter.count(text))
    }

    @Test
    func `a text without blanks costs no more than its length, and is nearly right`() {
        let text = String(repeating: "家族の時間は大切です。", count: 30_000)
        let exact = counter.count(text).value
        let count = running(text, piece: 9).value
        #expect(count >= exact && count <= exact + 2 * (text.utf8.count / 65_536 + 1))
    }
}
