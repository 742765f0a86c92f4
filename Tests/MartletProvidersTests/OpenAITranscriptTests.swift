import MartletCore
import Testing

@testable import MartletProviders

@Suite("Forms of a transcript")
struct OpenAITranscriptTests {
    private func request(_ format: TranscriptionRequest.Format) -> TranscriptionRequest {
        TranscriptionRequest(file: MediaFile(name: "a.wav", type: "audio/wav", bytes: []), format: format)
    }

    private func text(_ transcript: Transcript, _ format: TranscriptionRequest.Format) throws -> String {
        String(
            decoding: try OpenAITranscript.encode(transcript, for: request(format), seconds: 2).bytes,
            as: UTF8.self
        )
    }

    private let segments = Transcript(
        text: "Hello. Bye.",
        details: [
            "text": "Hello. Bye.", "duration": 3.5, "language": "english",
            "segments": [
                ["start": 0, "end": 1.25, "text": "Hello."],
                ["start": 3_661.5, "end": 3_662, "text": "Bye."],
            ],
        ]
    )

    @Test
    func `subtitles are made of segments where the vendor wrote none`() throws {
        #expect(
            try text(segments, .srt)
                == "1\n00:00:00,000 --> 00:00:01,250\nHello.\n\n2\n01:01:01,500 --> 01:01:02,000\nBye.\n\n"
        )
        #expect(
            try text(segments, .vtt).hasPrefix(
                "WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nHello.\n\n01:01:01.500"
            )
        )
    }

    @Test
    func `the vendor's own subtitles pass`() throws {
        let srt = "1\n00:00:00,000 --> 00:00:01,000\nHi\n\n"
        #expect(try text(Transcript(text: srt), .srt) == srt)
        #expect(throws: UpstreamFailure.self) { try text(Transcript(text: srt), .vtt) }
        #expect(throws: UpstreamFailure.self) { try text(Transcript(text: "Only words."), .srt) }
    }

    @Test
    func `the long form has every member, also without the vendor's help`() throws {
        let long = try JSON.parse(text(segments, .verboseJSON))
        #expect(long["duration"] == 3.5)
        #expect(long["segments"]?[1]?["id"] == 1)
        #expect(long["segments"]?[1]?["no_speech_prob"]?.doubleValue == 0)
        let short = try JSON.parse(text(Transcript(text: "Hi"), .verboseJSON))
        #expect(short["duration"]?.doubleValue == 2)
        #expect(short["segments"]?.arrayValue?.isEmpty == true)
        #expect(short["language"] == "")
    }

    @Test(arguments: [
        (TranscriptionRequest.Format.json, "application/json"), (.verboseJSON, "application/json"),
        (.text, "text/plain; charset=utf-8"), (.srt, "text/plain; charset=utf-8"),
        (.vtt, "text/vtt; charset=utf-8"),
    ])
    func `each form has its content type`(format: TranscriptionRequest.Format, type: String) throws {
        #expect(try OpenAITranscript.encode(segments, for: request(format), seconds: nil).contentType == type)
    }
}
