import MartletCore

/// Writes `promptObject` of a transcript's job, without the sound: the fields of the model's family and no others.
struct OneMinTranscriptionFields {
    private enum Family {
        /// All of OpenAI's fields.
        case whisper
        /// Google's: a language with its region, and nothing else.
        case google
        /// The sound and the form of the answer.
        case plain
    }

    private static let googleModels = ["latest_", "phone_call", "telephony", "medical_"]
    private let request: TranscriptionRequest
    private let model: ModelName
    private let family: Family

    init(_ request: TranscriptionRequest, model: ModelName) {
        self.request = request
        self.model = model
        family =
            if model.text.hasPrefix("whisper") {
                .whisper
            } else if Self.googleModels.contains(where: { model.text.hasPrefix($0) }) {
                .google
            } else {
                .plain
            }
    }

    /// The fields.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` for what the family cannot do.
    func object() throws(GatewayError) -> JSONObject {
        let needsTimes = request.format != .json && request.format != .text
        if needsTimes, family != .whisper {
            throw refusal(
                "response_format",
                "The model '\(model)' gives no times: 'response_format' must be 'json' or 'text'."
            )
        }
        switch family {
        case .whisper: return try whisper()
        case .google:
            guard let language = request.language else {
                throw refusal("language", "The model '\(model)' needs a 'language' such as 'en-US'.")
            }
            return ["language": .string(try OneMinLanguage.withRegion(language))]
        case .plain:
            return request.isTranslation ? [:] : ["response_format": "text"]
        }
    }

    private func whisper() throws(GatewayError) -> JSONObject {
        // Words come as they are in `text`; the other forms carry times.
        let format = request.format == .json ? TranscriptionRequest.Format.text : request.format
        var fields: JSONObject = ["response_format": .string(format.rawValue)]
        if let language = request.language, !request.isTranslation {
            fields["language"] = .string(try OneMinLanguage.alone(language))
        }
        if let prompt = request.prompt, !prompt.isEmpty { fields["prompt"] = .string(prompt) }
        if let temperature = request.temperature { fields["temperature"] = JSON(temperature) }
        return fields
    }

    private func refusal(_ parameter: String, _ message: String) -> GatewayError {
        GatewayError(.invalidRequest, message, parameter: parameter, code: "unsupported_value")
    }
}
