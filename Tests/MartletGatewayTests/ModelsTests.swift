import HTTPTypes
import MartletCore
import MartletProviders
import MartletTesting
import MartletWeb
import Testing

@testable import MartletGateway

@Suite("GET /v1/models")
struct ModelsTests {
    private func get(_ path: String, rules: ModelRules = ModelRules()) throws -> TestGateway.Answer {
        try TestGateway([], rules: rules).ask(Request(method: .get, path: path))
    }

    private func ids(_ answer: TestGateway.Answer) -> [String] {
        answer.json?["data"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
    }

    @Test
    func `the list needs no key and names the makers`() throws {
        let answer = try get("/v1/models")
        #expect(answer.status == 200)
        #expect(ids(answer).count == 9)
        #expect(answer.json?["data"]?[1]?["owned_by"]?.stringValue == "meta")
    }

    @Test(arguments: ["/v1/models/meta/llama:1", "/v1/models/meta%2Fllama%3A1", "/v1/models/old-name"])
    func `one model is found by any spelling of its name`(path: String) throws {
        #expect(try get(path).status == 200)
    }

    @Test
    func `a client of Anthropic's gets Anthropic's objects of the models that answer messages`() throws {
        let gateway = try TestGateway([])
        let fields = HTTPFields(
            dictionaryLiteral: (HTTPField.Name("anthropic-version") ?? .via, "2023-06-01")
        )
        let list = gateway.ask(Request(method: .get, path: "/v1/models", fields: fields))
        #expect(ids(list).contains("gpt-4o-mini") && ids(list).contains("coder"))
        #expect(!ids(list).contains("tts-1"))
        #expect(list.json?["has_more"] == false && list.json?["object"] == nil)
        #expect(list.json?["last_id"]?.stringValue == ids(list).last)
        let one = gateway.ask(Request(method: .get, path: "/v1/models/gpt-4o-mini", fields: fields))
        #expect(one.json?["type"] == "model" && one.json?["display_name"] == "gpt-4o-mini")
        #expect(one.json?["object"] == nil)
    }

    @Test
    func `a retired model names its successor`() throws {
        let answer = try get("/v1/models/gone")
        #expect(answer.status == 404)
        #expect(answer.writer.text.contains("gpt-4o-mini"))
    }

    @Test
    func `permitted models come first, and alone when nothing else is`() throws {
        let first = try get("/v1/models", rules: ModelRules(permitted: ["tts-1", "old-name", "unknown"]))
        #expect(ids(first).prefix(5) == ["tts-1", "gpt-4o-mini", "meta/llama:1", "seer", "coder"])
        let only = ModelRules(permitted: ["tts-1"], permittedOnly: true)
        #expect(ids(try get("/v1/models", rules: only)) == ["tts-1"])
        #expect(try get("/v1/models/gpt-4o-mini", rules: only).status == 404)
    }

    @Test
    func `an operator's alias stands for its model`() throws {
        #expect(try get("/v1/models/fast", rules: ModelRules(aliases: ["fast": "gpt-4o-mini"])).status == 200)
    }

    @Test
    func `the service lists its addresses, and health costs nothing`() throws {
        #expect(try get("/").json?["endpoints"]?.arrayValue?.isEmpty == false)
        #expect(try get("/health").json?["status"]?.stringValue == "ok")
    }
}
