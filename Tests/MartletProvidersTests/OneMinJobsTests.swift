import HTTPTypes
import MartletCore
import Testing

@testable import MartletProviders

@Suite("1min.ai's pictures and sounds")
struct OneMinJobsTests {
    private let media = OneMinJobs(assetOrigin: "https://asset.test")
    private let endpoint = Endpoint(origin: "https://api.test", key: Secret("k"))
    private static let signed = "https://s3.test/images/a.png?X-Amz-Signature=1"

    /// Answers every call in the same way, and keeps what was asked.
    private final class Caller: UpstreamCaller {
        let answer: UpstreamAnswer
        var asked: [UpstreamRequest] = []

        init(_ status: Int, _ body: String) {
            answer = UpstreamAnswer(status: status, body: Array(body.utf8))
        }

        func call(_ request: UpstreamRequest, limit: Int) -> UpstreamAnswer {
            asked.append(request)
            return answer
        }
    }

    private func answer(_ result: String, link: String? = nil, status: String = "SUCCESS") -> UpstreamAnswer {
        let link = link.map { #","temporaryUrl":"\#($0)""# } ?? ""
        let body =
            #"{"aiRecord":{"status":"\#(status)","metadata":{"inputToken":3,"outputToken":4},"#
            + #""aiRecordDetail":{"resultObject":\#(result)}\#(link)}}"#
        return UpstreamAnswer(status: 200, fields: [.contentType: "application/json"], body: Array(body.utf8))
    }

    @Test(arguments: [
        (#"["images/a.png"]"#, signed, [signed]), (#"["/images/a.png"]"#, signed, [signed]),
        (#""images/a.png""#, nil, ["https://asset.test/images/a.png"]),
        (#"["images/b.png"]"#, signed, ["https://asset.test/images/b.png"]),
        (#"["images/a.png","images/b.png"]"#, signed, [signed, "https://asset.test/images/b.png"]),
        (#"["https://x.test/a b"]"#, nil, []), (#"["https://x.test/a"]"#, signed, ["https://x.test/a"]),
        (#"["file:///etc/passwd"]"#, nil, []),
        (#"["images/ü 1.png"]"#, nil, ["https://asset.test/images/%C3%BC%201.png"]),
        ("[]", signed, [signed]), ("null", "images/a.png", []),
    ])
    func `results become absolute addresses`(result: String, link: String?, addresses: [String]) throws {
        var request = ImageRequest(.generation, prompt: "x")
        request.count = 4
        let given = answer(result, link: link)
        guard !addresses.isEmpty else {
            #expect(throws: UpstreamFailure.self) { try media.images(in: given, for: request) }
            return
        }
        let answer = try media.images(in: given, for: request)
        #expect(answer.addresses == addresses)
        #expect(answer.usage?.total == 7)
    }

    @Test
    func `of four pictures only as many as were asked for are given`() throws {
        let four = answer(#"["images/1.png","images/2.png","images/3.png","images/4.png"]"#)
        #expect(try media.images(in: four, for: ImageRequest(.generation)).addresses.count == 1)
    }

    @Test(arguments: [
        (#"{"code":"INSUFFICIENT_CREDITS"}"#, UpstreamFailure.Kind.creditExhausted),
        (#"{"code":"UNSUPPORTED_MODEL"}"#, .modelRefused), ("[]", .serverFailed),
    ])
    func `a failed record is a failure`(result: String, kind: UpstreamFailure.Kind) {
        let failed = answer(result, status: "FAILED")
        let failure = #expect(throws: UpstreamFailure.self) {
            try media.images(in: failed, for: ImageRequest(.generation))
        }
        #expect(failure?.kind == kind)
    }

    @Test
    func `a picture to start from is uploaded first and named by its path`() throws {
        let caller = Caller(200, #"{"fileContent":{"path":"/images/up.png","uuid":"u"}}"#)
        let source = MediaFile(name: "picture.png", type: "image/png", bytes: [1, 2, 3])
        let request = ImageRequest(.edit, prompt: "Hat", sources: [source])
        let job = try media.imageJob(for: request, model: "gpt-image-1", at: endpoint, calling: caller)
        let body = try JSON.parse(job.body ?? [])
        #expect(caller.asked.map(\.url) == ["https://api.test/api/assets"])
        #expect(job.url == "https://api.test/api/features")
        #expect(body["type"] == "IMAGE_EDITOR")
        #expect(body["promptObject"]?["imageUrl"] == "images/up.png")
        #expect(body["promptObject"]?["prompt"] == "Hat")
    }

    @Test
    func `a refused upload is the vendor's refusal`() {
        let caller = Caller(401, "")
        let source = MediaFile(name: "picture.png", type: "image/png", bytes: [1])
        let failure = #expect(throws: UpstreamFailure.self) {
            try media.imageJob(
                for: ImageRequest(.variation, sources: [source]),
                model: "clipdrop",
                at: endpoint,
                calling: caller
            )
        }
        #expect(failure?.kind == .keyRefused)
    }

    @Test
    func `dzine's style without a style is looked up`() throws {
        let styles =
            #"{"styleList":[{"name":"Oil","style_code":"1","base_model":"A"},"#
            + #"{"name":"No Style","style_code":"0","base_model":"B"}]}"#
        let job = try media.imageJob(
            for: ImageRequest(.generation, prompt: "x"),
            model: "dzine",
            at: endpoint,
            calling: Caller(200, styles)
        )
        let fields = try JSON.parse(job.body ?? [])["promptObject"]
        #expect(fields?["style_code"] == "0")
        #expect(fields?["style_base_model"] == "B")
    }

    @Test(arguments: [
        (
            #"{"temporaryUrl":"https://s.test/1","aiRecord":{"temporaryUrl":"https://s.test/2"}}"#,
            "https://s.test/1"
        ),
        (#"{"result":{"resultList":[{"temporaryUrl":"https://s.test/3"}]}}"#, "https://s.test/3"),
        (#"{"aiRecord":{"aiRecordDetail":{"signedUrls":["https://s.test/4"]}}}"#, "https://s.test/4"),
        (
            #"{"aiRecord":{"aiRecordDetail":{"resultObject":"audios/a.mp3"}}}"#,
            "https://asset.test/audios/a.mp3"
        ),
    ])
    func `a sound is found wherever its address is`(body: String, address: String) throws {
        #expect(try media.soundAddress(in: UpstreamAnswer(status: 200, body: Array(body.utf8))) == address)
    }

    @Test(arguments: [
        ("audio/mpeg", true), ("Audio/wav; x=y", true), ("application/octet-stream", true), (nil, false),
        ("application/json", false), ("text/html", false),
    ])
    func `the content type tells a sound from a word about it`(type: String?, isSound: Bool) {
        #expect(media.isSound(contentType: type) == isSound)
    }

    @Test
    func `speech has its own names for fields, and OpenAI's voices are checked`() throws {
        let request = SpeechRequest(text: "Hi", voice: "nova", format: .wav, speed: 1.5)
        let job = try media.speechJob(for: request, model: "tts-1", at: endpoint)
        let body = try JSON.parse(job.body ?? [])
        #expect(body["conversationId"] == "TEXT_TO_SPEECH")
        #expect(
            body["promptObject"] == ["text": "Hi", "voice": "nova", "response_format": "wav", "speed": 1.5]
        )
        let error = #expect(throws: GatewayError.self) {
            try media.speechJob(for: SpeechRequest(text: "Hi", voice: "rachel"), model: "tts-1", at: endpoint)
        }
        #expect(error?.parameter == "voice")
        _ = try media.speechJob(
            for: SpeechRequest(text: "Hi", voice: "rachel"),
            model: "elevenlabs-tts",
            at: endpoint
        )
    }

    private func transcription(_ format: TranscriptionRequest.Format, language: String? = nil)
        -> TranscriptionRequest
    {
        var request = TranscriptionRequest(
            file: MediaFile(name: "sound.mp3", type: "audio/mpeg", bytes: [1]),
            format: format
        )
        request.language = language
        request.prompt = "names"
        request.temperature = 0.5
        return request
    }

    @Test(
        arguments: [
            (
                "whisper-1", "en-US",
                ["response_format": "text", "language": "en", "prompt": "names", "temperature": 0.5]
            ),
            ("latest_long", "en", ["language": "en-US"]), ("telephony", "pt_PT", ["language": "pt-PT"]),
            ("medical_dictation", "fr", ["language": "fr-FR"]),
            ("gpt-4o-transcribe", "en", ["response_format": "text"]),
            ("qwen3-asr-flash", nil, ["response_format": "text"]),
        ] as [(ModelName, String?, JSONObject)]
    )
    func `each family of transcription has its fields and its way to name languages`(
        model: ModelName,
        language: String?,
        fields: JSONObject
    ) throws {
        #expect(
            try OneMinTranscriptionFields(transcription(.json, language: language), model: model).object()
                == fields
        )
    }

    @Test(
        arguments: [
            ("latest_long", TranscriptionRequest.Format.json, nil, "language"),
            ("latest_long", .srt, "en", "response_format"),
            ("gpt-4o-transcribe", .verboseJSON, nil, "response_format"),
            ("whisper-1", .json, "english!", "language"), ("whisper-1", .json, "-", "language"),
        ] as [(ModelName, TranscriptionRequest.Format, String?, String)]
    )
    func `what a family cannot do is refused by name`(
        model: ModelName,
        format: TranscriptionRequest.Format,
        language: String?,
        field: String
    ) {
        let error = #expect(throws: GatewayError.self) {
            try media.check(transcription(format, language: language), model: model)
        }
        #expect(error?.parameter == field)
    }

    @Test
    func `a transcript inside JSON inside a text is unwrapped`() throws {
        let request = transcription(.json)
        #expect(try media.transcript(in: answer(#"["Hello"]"#), for: request).text == "Hello")
        let nested = try media.transcript(
            in: answer(#"["{\"text\":\"Hello\",\"duration\":2}"]"#),
            for: request
        )
        #expect(nested.text == "Hello")
        #expect(nested.details?["duration"] == 2)
        #expect(
            try media.transcript(in: answer(#"["{braces} in words"]"#), for: request).text
                == "{braces} in words"
        )
    }
}
