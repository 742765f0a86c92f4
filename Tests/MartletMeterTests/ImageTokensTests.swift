import MartletCore
import MartletMeter
import Testing

@Suite struct ImageTokensTests {
    @Test(arguments: [
        ("gpt-4o", 1_024, 1_024, "high", 765), ("gpt-4o", 2_048, 4_096, "high", 1_105),
        ("gpt-4o", 4_096, 8_192, "low", 85),
        ("gpt-4o", 512, 512, "auto", 255), ("gpt-4o", 1, 1, "high", 255),
        ("gpt-4o-mini", 1_024, 1_024, "high", 765), ("gpt-5", 1_024, 1_024, "high", 630),
        ("gpt-5", 4_096, 8_192, "low", 70), ("o3", 1_024, 1_024, "high", 675), ("o3-pro", 9, 9, "low", 75),
        ("gpt-4.1-mini", 1_024, 1_024, "high", 1_659), ("gpt-4.1", 512, 512, "auto", 255),
        ("gpt-5-nano", 9_000, 9_000, "auto", 3_779), ("o4-mini", 32, 32, "low", 2),
        ("some-new-model", 1_024, 1_024, "auto", 765), ("gpt-4o", 100_000, 1, "high", 765),
        ("us.anthropic.claude-sonnet-5", 200, 200, "auto", 54), ("claude-x", 1_000, 1_000, "low", 1_334),
        ("claude-x", 8_000, 8_000, "auto", 1_600), ("gemini-3.8-flash", 384, 384, "auto", 258),
        ("gemini-3.8-flash", 385, 384, "auto", 258), ("gemini-3.8-flash", 1_600, 900, "auto", 1_548),
        ("grok-4.7", 448, 448, "auto", 512), ("grok-4.7", 4_000, 4_000, "auto", 1_792),
        ("qwen3-vl-plus", 320, 320, "auto", 102), ("qwen3-vl-plus", 9_000, 9_000, "auto", 2_562),
        ("mistral-medium-latest", 280, 280, "auto", 100),
        ("mistral-medium-latest", 9_000, 9_000, "auto", 3_025),
    ])
    func `each family counts by its own rules`(
        model: String,
        width: Int,
        height: Int,
        detail: String,
        tokens: Int
    ) {
        let size = ImageSize(width: width, height: height)
        let count = ImageTokens.count(model: model, size: size, detail: Media.Detail(rawValue: detail))
        #expect(count.value == tokens)
    }

    @Test(arguments: ["gpt-4o", "claude-x", "gemini-x", "grok-x", "qwen-x", "mistral-x"])
    func `no size breaks the arithmetic`(model: String) {
        for width in [1, 767, 65_535, Int(Int32.max)] {
            for height in [1, 65_535, Int(Int32.max)] {
                let size = ImageSize(width: width, height: height)
                let count = ImageTokens.count(model: model, size: size, detail: nil)
                #expect((1...5_000).contains(count.value), "\(width) × \(height): \(count.value)")
            }
        }
    }

    @Test func `a picture that is not there yet counts as a usual one`() {
        #expect(ImageTokens.count(model: "gpt-4o", size: nil, detail: .high).value == 765)
        #expect(ImageTokens.count(model: "gpt-4o", size: nil, detail: .low).value == 85)
    }

    @Test func `a request counts its pictures in every message, and no sound`() {
        let counter = TokenCounters { _ in }.counter(model: "gpt-4o")
        let picture = Part.media(Media(kind: .image, source: .url("https://example.org"), path: "p"))
        let sound = Part.media(Media(kind: .audio, source: .url("https://example.org"), path: "p"))
        var chat = ChatRequest(model: "gpt-4o", messages: [Message(role: .user, parts: [.text("Hi")])])
        let bare = ChatTokens.count(chat, with: counter)
        chat.messages[0].parts += [picture, sound, picture]
        #expect(ChatTokens.count(chat, with: counter) - bare == TokenCount(2 * 765))
    }
}
