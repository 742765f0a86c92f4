import Testing

@testable import MartletGateway

@Suite struct `Rate limit fields` {
    @Test(
        arguments: [
            (0, "0ms"), (-5, "0ms"), (12, "12ms"), (999, "999ms"), (1_000, "1s"), (1_500, "1.5s"),
            (1_050, "1.05s"), (1_005, "1.005s"), (59_999, "59.999s"), (60_000, "1m0s"), (360_000, "6m0s"),
            (61_100, "1m1.1s"), (3_600_000, "60m0s"),
        ]
    )
    func `spell durations as OpenAI does`(milliseconds: Int, text: String) {
        #expect(RateLimitFields.spell(.milliseconds(milliseconds)) == text)
    }
}
