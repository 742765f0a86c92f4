import HTTPTypes
import MartletCore
import MartletMeter
import MartletProviders
import MartletTesting
import MartletWeb
import Testing

@testable import MartletGateway

@Suite("Files in a chat")
struct AttachmentTests {
    private static let picture = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA="
    private static let chat: [ScriptedUpstream.Step] = [
        .head(200, contentType: "application/json"),
        .body(#"{"aiRecord":{"status":"SUCCESS","aiRecordDetail":{"resultObject":["Hello"]}}}"#),
    ]

    private static func upload(_ path: String) -> [ScriptedUpstream.Step] {
        [
            .head(200, contentType: "application/json"),
            .body(#"{"fileContent":{"path":"\#(path)","uuid":"u-\#(path)"}}"#),
        ]
    }

    private static func ask(_ parts: String..., model: String = "seer", stream: Bool = false) -> String {
        #"{"model":"\#(model)","stream":\#(stream),"messages":[{"role":"user","content":["#
            + parts.joined(separator: ",") + "]}]}"
    }

    private static func image(_ content: String = picture) -> String {
        #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(content)"}}"#
    }

    private static func key(_ name: String) -> HTTPFields {
        [.authorization: "Bearer \(name)", .contentType: "application/json"]
    }

    @Test func `a picture is uploaded before the chat is asked`() throws {
        let gateway = try TestGateway([Self.upload("images/1.png"), Self.chat])
        let answer = gateway.chat(Self.ask(Self.image()))
        #expect(answer.status == 200)
        try #require(
            gateway.upstream.received.map(\.url).map { $0.split(separator: "/api/").last } == [
                "assets", "chat-with-ai",
            ]
        )
        let body = try JSON.parse(gateway.upstream.received[1].body ?? [])
        #expect(body["promptObject"]?["attachments"] == ["images": ["images/1.png"]])
    }

    @Test func `a conversation does not upload its past again, and another key does`() throws {
        let gateway = try TestGateway([
            Self.upload("images/1.png"), Self.chat, Self.chat, Self.upload("images/2.png"), Self.chat,
        ])
        let body = Self.ask(Self.image(), Self.image())
        for (name, count) in [("k1", 2), ("k1", 3), ("k2", 5)] {
            #expect(gateway.chat(body, fields: Self.key(name)).status == 200)
            #expect(gateway.upstream.received.count == count)
        }
    }

    @Test func `what the vendor has let go of is uploaded again, once`() throws {
        let refusal: [ScriptedUpstream.Step] = [
            .head(400, contentType: "application/json"), .body(#"{"errorCode":"INVALID_REQUEST"}"#),
        ]
        let gateway = try TestGateway([
            Self.upload("images/1.png"), Self.chat, refusal, Self.upload("images/2.png"), Self.chat,
            Self.chat, refusal,
            Self.upload("images/3.png"), refusal,
        ])
        let body = Self.ask(Self.image(), Self.image())
        #expect(gateway.chat(body).status == 200)
        #expect(gateway.chat(body).status == 200)
        try #require(gateway.upstream.received.count == 5)
        let again = try JSON.parse(gateway.upstream.received[4].body ?? [])
        #expect(again["promptObject"]?["attachments"] == ["images": ["images/2.png"]])
        #expect(gateway.chat(body).status == 200)
        #expect(gateway.chat(body).status == 400)
        #expect(gateway.upstream.received.count == 9)
    }

    @Test func `a refusal of a request with new uploads is final`() throws {
        let gateway = try TestGateway([
            Self.upload("images/1.png"), [.head(422, contentType: "application/json"), .body("{}")],
        ])
        #expect(gateway.chat(Self.ask(Self.image())).status == 400)
        #expect(gateway.upstream.received.count == 2)
    }

    @Test func `an upload that failed is tried again by the next request`() throws {
        let gateway = try TestGateway([
            [.head(500, contentType: "text/html"), .body("<html>10.0.0.7</html>")],
            Self.upload("images/1.png"), Self.chat,
        ])
        let failed = gateway.chat(Self.ask(Self.image(), stream: true))
        #expect(failed.status == 502)
        #expect(!failed.writer.text.contains("10.0.0.7"))
        #expect(gateway.chat(Self.ask(Self.image())).status == 200)
    }

    @Test func `a client that leaves during the upload ends it, and its prompt is not asked`() throws {
        let gateway = try TestGateway([[.clientLeaves], Self.chat])
        _ = gateway.chat(Self.ask(Self.image()))
        #expect(gateway.upstream.received.count == 1)
    }

    @Test(arguments: [
        (#"{"type":"image_url","image_url":{"url":"data:image/png;base64,%%"}}"#, "invalid_base64"),
        (#"{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}}"#, "invalid_image"),
        (#"{"type":"image_url","image_url":{"url":7}}"#, "invalid_type"),
        (#"{"type":"image_url","image_url":{}}"#, "missing_required_parameter"),
        (#"{"type":"image_url"}"#, "missing_required_parameter"),
        (#"{"type":"image_url","image_url":{"url":"https://e.org/a","detail":"huge"}}"#, "invalid_value"),
        (#"{"type":"image_url","image_url":{"url":"https://127.0.0.1/a"}}"#, "invalid_image_url"),
        (#"{"type":"image_url","image_url":{"url":"http://example.org/a"}}"#, "invalid_image_url"),
        (#"{"type":"image_url","image_url":{"url":"https://u:p@example.org/a"}}"#, "invalid_image_url"),
        (#"{"type":"file","file":{}}"#, "missing_required_parameter"),
        (#"{"type":"file","file":{"file_id":"file-none"}}"#, "file_not_found"),
        (#"{"type":"file","file":{"file_data":"AAEC"}}"#, "unsupported_file_type"),
        (#"{"type":"input_audio","input_audio":{"data":"QUJD","format":"wav"}}"#, "unsupported_content_type"),
        (
            #"{"type":"input_audio","input_audio":{"data":"UklGRiQAAABXQVZFZm10IBAAAAABAAEA","format":"wav"}}"#,
            "unsupported_content_type"
        ),
    ])
    func `what cannot be used is refused by name, and nothing is asked of the vendor`(
        part: String,
        code: String
    ) throws {
        let gateway = try TestGateway([Self.chat])
        let answer = gateway.chat(Self.ask(#"{"type":"text","text":"Hi"}"#, part))
        #expect(answer.status == 400)
        #expect(answer.code == code)
        #expect(answer.json?["error"]?["param"]?.stringValue?.hasPrefix("messages[0].content[1]") == true)
        #expect(gateway.upstream.received.isEmpty)
    }

    @Test func `a model that reads no images says so, a document is all right`() throws {
        let document =
            #"{"type":"file","file":{"filename":"a.md","file_data":"data:text/markdown;base64,IyBIaQ=="}}"#
        let gateway = try TestGateway([Self.upload("documents/1.txt"), Self.chat])
        let refused = gateway.chat(Self.ask(Self.image(), model: "meta/llama:1"))
        #expect(refused.code == "image_input_not_supported")
        let hidden = #"{"type":"file","file":{"file_data":"\#(Self.picture)"}}"#
        #expect(gateway.chat(Self.ask(hidden, model: "meta/llama:1")).code == "image_input_not_supported")
        #expect(gateway.upstream.received.isEmpty)
        #expect(gateway.chat(Self.ask(document, model: "meta/llama:1")).status == 200)
        let body = try JSON.parse(gateway.upstream.received[1].body ?? [])
        #expect(body["promptObject"]?["attachments"] == ["files": ["u-documents/1.txt"]])
    }

    @Test func `pictures count in the limit before anything is asked`() throws {
        let gateway = try TestGateway(
            [Self.chat],
            rule: RateRule(requestsPerMinute: 60, tokensPerMinute: 200)
        )
        let answer = gateway.chat(Self.ask(Self.image()))
        #expect(answer.status == 429)
        #expect(gateway.upstream.received.isEmpty)
    }

    @Test func `more than a hundred files are too many`() throws {
        let gateway = try TestGateway([Self.chat])
        let part = #"{"type":"file","file":{"file_id":"x"}}"#
        let answer = gateway.chat(Self.ask([String](repeating: part, count: 101).joined(separator: ",")))
        #expect(answer.status == 400)
        #expect(answer.json?["error"]?["param"]?.stringValue == "messages[0].content[100]")
    }
}
