import HTTPTypes
import MartletCore
import MartletProviders
import Testing

/// Answers by the end of the address.
private struct Vendor: UpstreamCaller {
    var answers: [String: UpstreamAnswer]

    func call(_ request: UpstreamRequest, limit: Int) throws -> UpstreamAnswer {
        #expect(request.fields[.authorization] == "Bearer key")
        return answers.first { request.url.hasSuffix($0.key) }?.value ?? UpstreamAnswer(status: 404)
    }
}

@Suite("What vendors tell of themselves")
struct VendorTellingTests {
    private func left(at origin: String, _ answers: [String: String]) throws -> Credits? {
        let vendor = Vendor(answers: answers.mapValues { UpstreamAnswer(status: 200, body: Array($0.utf8)) })
        return try OpenAIBalance(Endpoint(origin: origin, key: Secret("key"))).ask(through: vendor)
    }

    @Test func `DeepSeek tells what is left in dollars, or nothing`() throws {
        let purses =
            #"{"balance_infos":[{"currency":"CNY","total_balance":"9"},{"currency":"USD","total_balance":"4.25"}]}"#
        for origin in ["https://api.deepseek.com", "https://api.deepseek.com/v1"] {
            #expect(try left(at: origin, [".com/user/balance": purses]) == Credits(dollars: "4.25"))
        }
        let yuan = #"{"balance_infos":[{"currency":"CNY","total_balance":"9"}]}"#
        #expect(try left(at: "https://api.deepseek.com", ["/user/balance": yuan]) == nil)
    }

    @Test func `OpenRouter tells what was bought and spent`() throws {
        let credits = #"{"data":{"total_credits":110.5,"total_usage":12.25}}"#
        let origin = "https://openrouter.ai/api/v1"
        #expect(try left(at: origin, ["/api/v1/credits": credits]) == Credits(dollars: "98.25"))
    }

    @Test func `a relay tells a limit in dollars and what was used in cents`() throws {
        let subscription = #"{"hard_limit_usd":10}"#
        let answers = [
            "/v1/dashboard/billing/subscription": subscription,
            "/v1/dashboard/billing/usage": #"{"total_usage":123.4}"#,
        ]
        #expect(try left(at: "https://relay.example", answers) == Credits(dollars: "8.766"))
        #expect(try left(at: "https://relay.example", [:]) == nil)
        #expect(try left(at: "https://relay.example", ["/subscription": "<html>"]) == nil)
        #expect(try left(at: "https://relay.example", ["/subscription": #"{"hard_limit_usd":1e300}"#]) == nil)
    }

    @Test func `a vendor that refuses the key is told so`() {
        let vendor = Vendor(answers: ["/subscription": UpstreamAnswer(status: 401, body: Array("{}".utf8))])
        #expect(throws: UpstreamFailure.self) {
            try OpenAIBalance(Endpoint(origin: "https://relay.example", key: Secret("key"))).ask(
                through: vendor
            )
        }
    }

    @Test(arguments: [
        (#"{"data":[{"id":"a"},{"id":"b"},{"id":"a"}]}"#, ["a", "b"]),
        (#"{"models":[{"name":"models/gemini"},{"name":"plain"}]}"#, ["gemini", "plain"]),
        (#"{"models":[{"modelId":"m","name":"A model"}]}"#, ["m"]),
        (#"["x",{"id":"y"},7,null,{"id":"a,b"},{"id":"c d"},{"id":""}]"#, ["x", "y"]),
        (#"{"data":[]}"#, []),
    ])
    func `names of models are read from every shape of list`(body: String, names: [String]) {
        #expect(VendorModelNames.read(Array(body.utf8)) == names)
    }

    @Test(arguments: ["", "<html>", #"{"error":{}}"#, "7"]) func `what is no list has no names`(body: String)
    {
        #expect(VendorModelNames.read(Array(body.utf8)) == nil)
    }
}
