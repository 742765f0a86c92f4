import HTTPTypes
import Logging
import MartletCore
import MartletTesting
import Testing

@testable import MartletWeb

@Suite("The pipeline")
struct PipelineTests {
    private func ask(
        _ request: Request,
        origins: [String] = ["*"],
        handler: @escaping Handler = { _, _, writer in try writer.send("ok") }
    ) throws -> (writer: RecordingWriter, context: RequestContext) {
        let writer = RecordingWriter()
        let context = RequestContext(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let pipeline = Pipeline(
            [
                RequestIdentity(), RequestLog { _ in },
                ErrorResponder { error, _, id in Array("\(error.kind) \(id.text.count > 0)".utf8) },
                CrossOrigin(origins: origins),
            ],
            around: handler
        )
        try pipeline.respond(to: request, in: context, writing: writer)
        return (writer, context)
    }

    @Test
    func `a sane id of the client is kept, any other replaced`() throws {
        let own = try ask(Request(method: .get, path: "/", fields: [.requestID: "abc-1"]))
        #expect(own.context.responseFields[.requestID] == "abc-1")
        for bad in ["a b", "a\"b", String(repeating: "x", count: 129), ""] {
            let made = try ask(Request(method: .get, path: "/", fields: [.requestID: bad]))
            #expect(made.context.responseFields[.requestID]?.hasPrefix("req_") == true)
        }
    }

    @Test
    func `a thrown error becomes an answer with its status and its wait`() throws {
        let (writer, context) = try ask(Request(method: .get, path: "/")) { _, _, _ in
            throw GatewayError(.rateLimited, "slow", retryAfter: .milliseconds(1_200), shouldRetry: true)
        }
        #expect(writer.head?.status.code == 429)
        #expect(context.responseFields[.retryAfter] == "2")
        #expect(context.responseFields[HTTPField.Name("retry-after-ms") ?? .age] == "1200")
        #expect(context.facts.label == .limitRejected)
    }

    @Test
    func `an unexpected error is a 500 that tells the client nothing`() throws {
        struct Surprise: Error { let secret = "s3cret" }
        let (writer, context) = try ask(Request(method: .get, path: "/")) { _, _, _ in throw Surprise() }
        #expect(writer.head?.status.code == 500)
        #expect(!writer.text.contains("s3cret"))
        #expect(context.facts.label == .internalError)
    }

    @Test
    func `a client that has left is not an error`() throws {
        let (writer, context) = try ask(Request(method: .get, path: "/")) { _, _, _ in throw ClientGone() }
        #expect(writer.head == nil)
        #expect(context.facts.label == .clientGone)
    }

    @Test
    func `a preflight is answered without the handler`() throws {
        let fields: HTTPFields = [
            .origin: "https://app.example", .accessControlRequestMethod: "POST",
            .accessControlRequestHeaders: "authorization, x-stainless-os",
        ]
        let (writer, context) = try ask(Request(method: .options, path: "/v1/x", fields: fields)) { _, _, _ in
            Issue.record("the handler was called")
        }
        #expect(writer.head?.status.code == 204)
        #expect(context.responseFields[.accessControlAllowOrigin] == "*")
        #expect(context.responseFields[.accessControlAllowHeaders] == "authorization, x-stainless-os")
    }

    @Test
    func `an origin that is not allowed gets no permission`() throws {
        let request = Request(method: .get, path: "/", fields: [.origin: "https://evil.example"])
        let (_, refused) = try ask(request, origins: ["https://app.example"])
        #expect(refused.responseFields[.accessControlAllowOrigin] == nil)
        let good = Request(method: .get, path: "/", fields: [.origin: "https://app.example"])
        let (_, allowed) = try ask(good, origins: ["https://app.example"])
        #expect(allowed.responseFields[.accessControlAllowOrigin] == "https://app.example")
        #expect(allowed.responseFields[.vary] == "Origin")
    }
}
