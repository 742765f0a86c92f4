public import MartletCore

extension OneMinJobs {
    /// OpenAI's voices, as the catalogue of 1min.ai has them.
    private static let voices = [
        "alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse",
    ]

    /// `TEXT_TO_SPEECH`.
    public func speechJob(
        for request: SpeechRequest,
        model: ModelName,
        at endpoint: Endpoint
    ) throws(GatewayError) -> UpstreamRequest {
        // Other makers have names of their own, which only they know.
        if model.text.hasPrefix("tts-"), !Self.voices.contains(request.voice) {
            throw GatewayError(
                .invalidRequest,
                "'voice' must be one of \(Self.voices.joined(separator: ", ")).",
                parameter: "voice",
                code: "invalid_value"
            )
        }
        var fields: JSONObject = [
            "text": .string(request.text), "voice": .string(request.voice),
            "response_format": .string(request.format.rawValue),
        ]
        if let speed = request.speed { fields["speed"] = JSON(speed) }
        return job("TEXT_TO_SPEECH", model: model, fields: fields, conversation: true, at: endpoint)
    }

    /// Whether the type is a sound's, or that of bytes of any kind.
    public func isSound(contentType: String?) -> Bool {
        let type = (contentType ?? "").lowercased()
        return type.hasPrefix("audio/") || type.hasPrefix("application/octet-stream")
            || type.hasPrefix("application/ogg")
    }

    /// Reads the record that comes instead of a sound.
    public func soundAddress(in answer: UpstreamAnswer) throws(UpstreamFailure) -> String {
        guard let address = try record(in: answer).soundAddress else {
            throw UpstreamFailure(.serverFailed, text: "The answer holds no sound.")
        }
        return address
    }

    /// Tries to write the fields.
    public func check(_ request: TranscriptionRequest, model: ModelName) throws(GatewayError) {
        _ = try OneMinTranscriptionFields(request, model: model).object()
    }

    /// Uploads the sound and writes `SPEECH_TO_TEXT` or `AUDIO_TRANSLATOR`.
    public func transcriptionJob(
        for request: TranscriptionRequest,
        model: ModelName,
        at endpoint: Endpoint,
        calling caller: any UpstreamCaller
    ) throws -> UpstreamRequest {
        var fields = try OneMinTranscriptionFields(request, model: model).object()
        fields["audioUrl"] = .string(try upload(request.file, at: endpoint, calling: caller))
        return job(
            request.isTranslation ? "AUDIO_TRANSLATOR" : "SPEECH_TO_TEXT",
            model: model,
            fields: fields,
            conversation: request.isTranslation,
            at: endpoint
        )
    }

    /// Reads the words; a JSON object that comes as a text is unwrapped.
    public func transcript(
        in answer: UpstreamAnswer,
        for request: TranscriptionRequest
    ) throws(UpstreamFailure) -> Transcript {
        let record = try record(in: answer)
        guard let text = record.text else {
            throw UpstreamFailure(.serverFailed, text: "The answer holds no text.")
        }
        guard text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"),
            let object = (try? JSON.parse(text))?.objectValue, let words = object["text"]?.stringValue
        else { return Transcript(text: text, usage: record.usage) }
        return Transcript(text: words, details: object, usage: record.usage)
    }
}
