public import MartletCore

/// Reads what clients ask of `/v1/audio/…`.
///
/// Source: OpenAI's API reference, Audio (2026-10).
public enum OpenAIAudioMapping {
    private static let longestInput = 4_096

    /// Reads the body of `POST /v1/audio/speech`.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    public static func speech(_ body: JSON) throws(GatewayError) -> SpeechRequest {
        let body = BodyReader(body)
        let input = try body.required("input")
        let text = try input.string()
        guard text.contains(where: { !$0.isWhitespace }) else { throw input.error("must not be empty.") }
        guard text.unicodeScalars.count <= longestInput else {
            throw input.error(
                "must have at most \(longestInput) characters.",
                code: "string_above_max_length"
            )
        }
        var request = SpeechRequest(text: text, voice: "alloy")
        request.model = try model(in: body)
        if let voice = try body.field("voice") { request.voice = try Self.voice(in: voice) }
        request.format = try body.field("response_format")?.choice(of: SpeechRequest.Format.self) ?? .mp3
        request.speed = try body.field("speed")?.speed()
        if let stream = try body.field("stream_format"), try stream.string() != "audio" {
            throw GatewayError(
                .invalidRequest,
                "Sound comes as bytes, not as events: 'stream_format' must be 'audio'.",
                parameter: "stream_format",
                code: "unsupported_parameter"
            )
        }
        return request
    }

    /// Reads the form of `POST /v1/audio/transcriptions` or `/v1/audio/translations`.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    public static func transcription(
        _ fields: JSON,
        file: MediaFile,
        isTranslation: Bool
    ) throws(GatewayError) -> TranscriptionRequest {
        let body = BodyReader(fields)
        var request = TranscriptionRequest(file: file, isTranslation: isTranslation)
        request.model = try model(in: body)
        request.format =
            try body.field("response_format")?.choice(of: TranscriptionRequest.Format.self) ?? .json
        request.prompt = try body.field("prompt")?.string()
        request.temperature = try body.field("temperature")?.number(in: 0...1)
        if let language = try body.field("language")?.string(), !language.isEmpty {
            request.language = language
        }
        if try body.field("stream")?.bool() == true {
            throw unsupported("stream", "Transcripts come whole: send 'stream': false.")
        }
        if try body.field("include") != nil {
            throw unsupported("include", "Nothing more can be included: leave 'include' out.")
        }
        if let times = try body.field("timestamp_granularities") {
            try times.forEachElement { element throws(GatewayError) in
                let word = try element.string()
                guard word == "word" || word == "segment" else {
                    throw element.error("must be one of word, segment.")
                }
            }
            guard request.format == .verboseJSON else {
                throw times.error("needs 'response_format': 'verbose_json'.")
            }
        }
        return request
    }

    private static func model(in body: BodyReader) throws(GatewayError) -> ModelName? {
        guard let field = try body.field("model") else { return nil }
        let name = try field.string()
        guard !name.isEmpty else { throw field.error("must not be empty.") }
        return ModelName(name)
    }

    /// A voice's name goes to the vendor: one word or a few, nothing that could be something else.
    private static func voice(in field: BodyReader) throws(GatewayError) -> String {
        let name = try field.string()
        let isSane = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
        guard isSane, (1...100).contains(name.utf8.count) else {
            throw field.error("must be a name of 1 to 100 bytes.")
        }
        return name
    }

    private static func unsupported(_ parameter: String, _ message: String) -> GatewayError {
        GatewayError(.invalidRequest, message, parameter: parameter, code: "unsupported_parameter")
    }
}

extension BodyReader {
    /// How fast a voice speaks.
    fileprivate func speed() throws(GatewayError) -> Double {
        guard case .number = value else { throw typeError("a number") }
        guard let number = value.doubleValue, (0.25...4).contains(number) else {
            throw error("must be between 0.25 and 4.")
        }
        return number
    }
}
