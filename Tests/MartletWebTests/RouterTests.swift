import HTTPTypes
import Logging
import MartletCore
import MartletTesting
import Testing

@testable import MartletWeb

@Suite("The router")
struct RouterTests {
    private let router = Router([
        Route(.get, "/v1/models", "list") { _, _, writer in try writer.send("list") },
        Route(.get, "/v1/models/{model*}", "one") { request, _, writer in
            try writer.send(.string(request.pathValues["model"] ?? "none"))
        },
        Route(.post, "/v1/chat", "chat") { _, _, writer in try writer.send("chat") },
        Route(.get, "/v1/things/{thing}/parts", "parts") { request, _, writer in
            try writer.send(.string(request.pathValues["thing"] ?? "none"))
        },
    ])

    private func ask(_ method: HTTPRequest.Method, _ path: String) throws -> (String, HTTPFields) {
        let writer = RecordingWriter()
        let context = RequestContext(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try router.respond(to: Request(method: method, path: path), in: context, writing: writer)
        return (writer.text, context.responseFields)
    }

    @Test(arguments: [
        ("/v1/models", "\"list\""),
        ("/v1/models/gpt-4o", "\"gpt-4o\""),
        ("/v1/models/meta/llama-4", "\"meta/llama-4\""),
        ("/v1/models/meta%2Fllama-4", "\"meta/llama-4\""),
        ("/v1/models/us.anthropic.claude-v1:0", "\"us.anthropic.claude-v1:0\""),
        ("/v1/models/us.anthropic.claude-v1%3A0", "\"us.anthropic.claude-v1:0\""),
        ("/v1/things/a%20b/parts", "\"a b\""),
    ])
    func `an address finds its route, and names are decoded`(path: String, answer: String) throws {
        #expect(try ask(.get, path).0 == answer)
    }

    @Test(arguments: [
        "/", "/v1", "/v1/models/", "/v2/models", "/v1/chat/x", "/v1/things//parts", "/v1/things/a/b/parts",
        "//v1/models", "/.well-known", "/v1/..models", "/a..", "/v1/%2emodels",
    ])
    func `an unknown address is not found`(path: String) {
        let error = #expect(throws: GatewayError.self) { try ask(.get, path) }
        #expect(error?.kind == .notFound)
    }

    @Test(arguments: [
        "/v1/../etc/passwd", "/v1/%2e%2e/x", "/v1/models/%00", "/v1/models/%zz", "/v1/models/%",
        "/v1/models/%ff",
        "v1/models", "", "*", "/..", "/.", "/v1/.", "/v1/./models", "/v1//../x", "/v1/.%2e/x", "/%2E",
    ])
    func `a path that cannot be an address is refused as the client's fault`(path: String) {
        let error = #expect(throws: GatewayError.self) { try ask(.get, path) }
        #expect(error?.kind == .invalidRequest)
    }

    @Test
    func `another method is refused with the list of those that work`() {
        let context = RequestContext(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let request = Request(method: .get, path: "/v1/chat")
        let error = #expect(throws: GatewayError.self) {
            try router.respond(to: request, in: context, writing: RecordingWriter())
        }
        #expect(error?.kind == .methodNotAllowed)
        #expect(context.responseFields[.allow] == "POST, OPTIONS")
    }

    @Test
    func `HEAD is answered by GET, OPTIONS by the list of methods`() throws {
        #expect(try ask(.head, "/v1/models").0 == "\"list\"")
        #expect(try ask(.options, "/v1/models").1[.allow] == "GET, OPTIONS, HEAD")
    }
}
