import HTTPTypes
import MartletCore
import MartletMeter
import MartletProviders
import MartletTesting
import MartletWeb
import Testing

@testable import MartletGateway

@Suite("Pictures and sounds")
struct MediaRoutesTests {
    private static let picture = "https://asset.vendor.test/images/a.png"
    private static let made: [ScriptedUpstream.Step] = [
        .head(200, contentType: "application/json"),
        .body(
            #"{"aiRecord":{"status":"SUCCESS","metadata":{"inputToken":2,"outputToken":5},"#
                + #""aiRecordDetail":{"resultObject":["images/a.png"]}}}"#
        ),
    ]
    private static let file: [ScriptedUpstream.Step] = [.head(200, contentType: "image/png"), .body("PNG!")]
    private static let uploaded: [ScriptedUpstream.Step] = [
        .head(200, contentType: "application/json"), .body(#"{"fileContent":{"path":"images/up.png"}}"#),
    ]

    private func json(_ gateway: TestGateway, _ path: String, _ body: String) -> TestGateway.Answer {
        gateway.ask(
            Request(
                method: .post,
                path: path,
                fields: [.authorization: "Bearer k1", .contentType: "application/json"],
                clientAddress: "192.0.2.1",
                body: FixedBody(body)
            )
        )
    }

    private func form(_ gateway: TestGateway, _ path: String, _ parts: [(String, String)])
        -> TestGateway.Answer
    {
        let body = parts.map { "--X\r\nContent-Disposition: form-data; \($0.0)\r\n\r\n\($0.1)\r\n" }.joined()
        return gateway.ask(
            Request(
                method: .post,
                path: path,
                fields: [.authorization: "Bearer k1", .contentType: "multipart/form-data; boundary=X"],
                clientAddress: "192.0.2.1",
                body: FixedBody(body + "--X--\r\n")
            )
        )
    }

    /// A GIF is the shortest picture that is all ASCII; the header alone counts.
    private static let riff = "RIFF0000WEBPVP8X\u{0a}\0\0\0\0\0\0\0\u{01}\0\0\u{01}\0\0"

    @Test
    func `a picture is an absolute address, with usage in the answer and the log`() throws {
        let answer = json(
            try TestGateway([Self.made]),
            "/v1/images/generations",
            #"{"prompt":"A cat","model":"flux"}"#
        )
        #expect(answer.status == 200)
        #expect(answer.json?["data"]?[0]?["url"]?.stringValue == Self.picture)
        #expect(answer.json?["data"]?[0]?["b64_json"] == nil)
        #expect(answer.json?["created"] == 1_700_000_000)
        #expect(answer.json?["usage"]?["total_tokens"] == 7)
        #expect(answer.context.facts.usage?.total == 7)
    }

    @Test
    func `bytes are fetched without the key and given as base64`() throws {
        let gateway = try TestGateway([Self.made, Self.file])
        let answer = json(
            gateway,
            "/v1/images/generations",
            #"{"prompt":"A cat","model":"flux","response_format":"b64_json"}"#
        )
        #expect(answer.json?["data"]?[0]?["b64_json"] == "UE5HIQ==")
        #expect(answer.json?["data"]?[0]?["url"] == nil)
        #expect(gateway.upstream.received.last?.url == Self.picture)
        #expect(gateway.upstream.received.last?.fields.contains { $0.value == "k1" } == false)
    }

    @Test
    func `without a model the catalogue's best is taken, and gpt-image gives both forms`() throws {
        let gateway = try TestGateway([Self.made, Self.file])
        let answer = json(gateway, "/v1/images/generations", #"{"prompt":"A cat"}"#)
        #expect(answer.context.facts.model == "gpt-image-1")
        #expect(answer.json?["data"]?[0]?["b64_json"] == "UE5HIQ==")
        #expect(answer.json?["data"]?[0]?["url"]?.stringValue == Self.picture)
    }

    @Test(arguments: [
        (#"{}"#, "prompt"), (#"{"prompt":""}"#, "prompt"), (#"{"prompt":" \n"}"#, "prompt"),
        (#"{"prompt":7}"#, "prompt"),
        (#"{"prompt":"x","n":0}"#, "n"), (#"{"prompt":"x","n":11}"#, "n"), (#"{"prompt":"x","n":"2"}"#, "n"),
        (#"{"prompt":"x","n":1.5}"#, "n"), (#"{"prompt":"x","size":"big"}"#, "size"),
        (#"{"prompt":"x","size":"1x1"}"#, "size"),
        (#"{"prompt":"x","size":"99999x9"}"#, "size"), (#"{"prompt":"x","size":1024}"#, "size"),
        (#"{"prompt":"x","quality":"best"}"#, "quality"), (#"{"prompt":"x","style":"odd"}"#, "style"),
        (#"{"prompt":"x","background":"red"}"#, "background"),
        (#"{"prompt":"x","output_format":"gif"}"#, "output_format"),
        (#"{"prompt":"x","output_compression":101}"#, "output_compression"),
        (#"{"prompt":"x","response_format":"file"}"#, "response_format"),
        (#"{"prompt":"x","stream":true}"#, "stream"),
        (#"{"prompt":"x","partial_images":2}"#, "partial_images"), (#"{"prompt":"x","model":""}"#, "model"),
        (#"{"prompt":"x","model":"gpt-4o-mini"}"#, "model"), (#"{"prompt":"x","model":"nothing"}"#, "model"),
        (#"{"prompt":"x","model":"flux","n":2}"#, "n"),
    ])
    func `a bad wish is refused by the name of its field, and nothing is sent`(body: String, field: String)
        throws
    {
        let gateway = try TestGateway([Self.made])
        let answer = json(gateway, "/v1/images/generations", body)
        #expect(answer.status == (body.contains("nothing") ? 404 : 400))
        #expect(answer.json?["error"]?["param"]?.stringValue == field)
        #expect(answer.context.responseFields[HTTPField.Name("x-should-retry") ?? .age] == "false")
        #expect(gateway.upstream.received.isEmpty)
    }

    @Test(arguments: ["edits", "variations"])
    func `a form's picture is uploaded and used`(route: String) throws {
        let gateway = try TestGateway([Self.uploaded, Self.made, Self.file])
        let answer = form(
            gateway,
            "/v1/images/\(route)",
            [("name=\"image\"; filename=\"a.webp\"", Self.riff), ("name=prompt", "Hat"), ("name=n", "1")]
        )
        #expect(answer.status == 200)
        #expect(gateway.upstream.received[0].url == "https://vendor.test/api/assets")
        let job = try JSON.parse(gateway.upstream.received[1].body ?? [])
        #expect(job["promptObject"]?["imageUrl"] == "images/up.png")
        #expect(answer.json?["data"]?[0]?["url"]?.stringValue == Self.picture)
    }

    @Test(arguments: [
        ([("name=prompt", "Hat")], "image"),
        ([("name=image; filename=a.png", "text"), ("name=prompt", "Hat")], "image"),
        ([("name=image; filename=a.png", riff)], "prompt"),
        (
            [("name=image; filename=a", riff), ("name=prompt", "Hat"), ("name=mask; filename=m.png", riff)],
            "mask"
        ),
        (
            [
                ("name=\"image[]\"; filename=a", riff), ("name=\"image[]\"; filename=b", riff),
                ("name=prompt", "Hat"),
            ], "image"
        ),
        ([("name=image; filename=a", riff), ("name=prompt", "Hat"), ("name=prompt", "Hat")], "prompt"),
        ([("name=image; filename=a", riff), ("name=prompt", "Hat"), ("name=n", "many")], "n"),
        ([("name=image; filename=a", riff), ("name=prompt", "Hat"), ("name=stream", "true")], "stream"),
    ])
    func `a bad form is refused by the name of its field, and nothing is sent`(
        parts: [(String, String)],
        field: String
    ) throws {
        let gateway = try TestGateway([Self.uploaded, Self.made])
        let answer = form(gateway, "/v1/images/edits", parts)
        #expect(answer.status == 400)
        #expect(answer.json?["error"]?["param"]?.stringValue == field)
        #expect(gateway.upstream.received.isEmpty)
    }

    @Test(arguments: [
        (502, "<html>http://10.0.0.7</html>", 502), (504, "<html>", 504), (500, "", 502),
    ])
    func `a job that may have begun is never asked for again, by us or by an SDK`(
        given: Int,
        body: String,
        status: Int
    ) throws {
        let gateway = try TestGateway([[.head(given, contentType: "text/html"), .body(body)]])
        let answer = json(gateway, "/v1/images/generations", #"{"prompt":"x"}"#)
        #expect(answer.status == status)
        #expect(gateway.upstream.received.count == 1)
        #expect(answer.context.responseFields[HTTPField.Name("x-should-retry") ?? .age] == "false")
        #expect(!answer.writer.text.contains("10.0.0.7"))
    }

    @Test
    func `a result in the inner network is not fetched and not shown`() throws {
        let body = #"{"aiRecord":{"aiRecordDetail":{"resultObject":["http://169.254.169.254/x"]}}}"#
        let gateway = try TestGateway([[.head(200, contentType: "application/json"), .body(body)]])
        let answer = json(gateway, "/v1/images/generations", #"{"prompt":"x","response_format":"b64_json"}"#)
        #expect(answer.status == 502)
        #expect(gateway.upstream.received.count == 1)
        #expect(!answer.writer.text.contains("169.254"))
    }

    @Test
    func `a sound goes out as it comes`() throws {
        let gateway = try TestGateway([[.head(200, contentType: "audio/mpeg"), .body("ab"), .body("cd")]])
        let answer = json(gateway, "/v1/audio/speech", #"{"model":"tts-1","input":"Hi","voice":"alloy"}"#)
        #expect(answer.status == 200)
        #expect(answer.writer.text == "abcd")
        #expect(answer.writer.flushes == 2)
        #expect(answer.writer.head?.headerFields[.contentType] == "audio/mpeg")
    }

    @Test
    func `a sound that is only spoken of is fetched`() throws {
        let record = #"{"aiRecord":{"aiRecordDetail":{"resultObject":["audios/a.wav"]}}}"#
        let gateway = try TestGateway([
            [.head(200, contentType: "application/json"), .body(record)],
            [.head(200, contentType: "x/y"), .body("wave")],
        ])
        let answer = json(
            gateway,
            "/v1/audio/speech",
            #"{"input":"Hi","voice":"alloy","response_format":"wav"}"#
        )
        #expect(answer.writer.text == "wave")
        #expect(answer.writer.head?.headerFields[.contentType] == "audio/wav")
        #expect(gateway.upstream.received[1].url == "https://asset.vendor.test/audios/a.wav")
    }

    @Test(arguments: [
        (#"{"voice":"alloy"}"#, "input"), (#"{"input":"","voice":"alloy"}"#, "input"),
        (#"{"input":"\#(String(repeating: "x", count: 4_097))","voice":"alloy"}"#, "input"),
        (#"{"input":"x","voice":"nobody"}"#, "voice"), (#"{"input":"x","voice":{"id":"v"}}"#, "voice"),
        (#"{"input":"x","response_format":"mid"}"#, "response_format"),
        (#"{"input":"x","speed":5}"#, "speed"),
        (#"{"input":"x","speed":0.1}"#, "speed"), (#"{"input":"x","stream_format":"sse"}"#, "stream_format"),
        (#"{"input":"x","model":"gpt-4o-mini"}"#, "model"),
    ])
    func `bad wishes to hear are refused by name`(body: String, field: String) throws {
        let gateway = try TestGateway([[.head(200, contentType: "audio/mpeg"), .body("ab")]])
        let answer = json(gateway, "/v1/audio/speech", body)
        #expect(answer.status == 400)
        #expect(answer.json?["error"]?["param"]?.stringValue == field)
        #expect(gateway.upstream.received.isEmpty)
    }

    @Test
    func `an empty sound is a fault, and so is a page of HTML`() throws {
        let empty = try TestGateway([[.head(200, contentType: "audio/mpeg")]])
        #expect(json(empty, "/v1/audio/speech", #"{"input":"x"}"#).status == 502)
        let page = try TestGateway([[.head(200, contentType: "text/html"), .body("<html>")]])
        #expect(json(page, "/v1/audio/speech", #"{"input":"x"}"#).status == 502)
    }

    @Test(arguments: [
        ([("name=model", "whisper-1")], "file"), ([("name=file; filename=a.mp3", "")], "file"),
        ([("name=file; filename=a.txt", "text")], "file"), ([("name=file", "text")], "file"),
        ([("name=file; filename=a.mp3", "x"), ("name=file; filename=b.mp3", "x")], "file"),
        ([("name=file; filename=a.mp3", "x"), ("name=response_format", "xml")], "response_format"),
        ([("name=file; filename=a.mp3", "x"), ("name=temperature", "2")], "temperature"),
        ([("name=file; filename=a.mp3", "x"), ("name=temperature", "warm")], "temperature"),
        ([("name=file; filename=a.mp3", "x"), ("name=language", "klingon language")], "language"),
        ([("name=file; filename=a.mp3", "x"), ("name=stream", "true")], "stream"),
        (
            [("name=file; filename=a.mp3", "x"), ("name=\"timestamp_granularities[]\"", "word")],
            "timestamp_granularities"
        ),
        ([("name=file; filename=a.mp3", "x"), ("name=\"include[]\"", "logprobs")], "include"),
    ])
    func `bad sounds and bad wishes are refused by name`(parts: [(String, String)], field: String) throws {
        let gateway = try TestGateway([Self.uploaded, Self.made])
        let answer = form(gateway, "/v1/audio/transcriptions", parts)
        #expect(answer.status == 400)
        #expect(answer.json?["error"]?["param"]?.stringValue == field)
        #expect(gateway.upstream.received.isEmpty)
    }

    @Test
    func `limits count these routes, too, by themselves`() throws {
        let gateway = try TestGateway([Self.made], rule: RateRule(requestsPerMinute: 1))
        let body = #"{"prompt":"x","model":"flux"}"#
        #expect(json(gateway, "/v1/images/generations", body).status == 200)
        #expect(json(gateway, "/v1/images/generations", body).status == 429)
        #expect(json(gateway, "/v1/audio/speech", #"{"input":"x","voice":"alloy"}"#).status != 429)
    }
}
