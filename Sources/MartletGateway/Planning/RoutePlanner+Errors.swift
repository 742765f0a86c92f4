import MartletCore
import MartletProviders

extension RoutePlanner {
    /// The error for a name that nobody offers; it says why.
    func missing(_ name: ModelName) -> GatewayError {
        // For errors alone: cutting a text takes longer than finding the model.
        let shown = Self.shown(name)
        return switch catalogue.catalogue.resolve(name) {
        case .retired(let successor):
            Self.notFound("The model '\(shown)' is no longer offered. Use '\(successor)' instead.")
        case .notPermitted:
            Self.notFound("The model '\(shown)' is not permitted here. GET /v1/models lists those that are.")
        case .found, .unknown:
            Self.notFound("The model '\(shown)' does not exist. GET /v1/models lists those that do.")
        }
    }

    /// A client's name for a model, short enough to be repeated.
    static func shown(_ name: ModelName) -> String { String(name.text.prefix(200)) }

    static var unknownKey: GatewayError {
        GatewayError(.invalidKey, "The API key is not known here.", shouldRetry: false)
    }

    static func notAllowed(_ name: ModelName) -> GatewayError {
        GatewayError(
            .forbidden,
            "This API key may not use the model '\(shown(name))'.",
            parameter: "model",
            code: "model_not_allowed"
        )
    }

    private static func notFound(_ message: String) -> GatewayError {
        GatewayError(.modelNotFound, message, parameter: "model", shouldRetry: false)
    }

    static func wrongRoute(for card: ModelCard) -> GatewayError {
        let routes: [(ModelCard.Use, String, String)] = [
            (.imageGeneration, "an image model", "/v1/images/generations"),
            (.imageEditing, "an image editing model", "/v1/images/edits"),
            (.imageVariation, "an image variation model", "/v1/images/variations"),
            (.speech, "a speech model", "/v1/audio/speech"),
            (.transcription, "a transcription model", "/v1/audio/transcriptions"),
            (.translation, "an audio translation model", "/v1/audio/translations"),
            (.embedding, "an embedding model", "/v1/embeddings"),
            (.moderation, "a moderation model", "/v1/moderations"),
            (.rerank, "a rerank model", "/v1/rerank"),
        ]
        let route = routes.first { card.uses.contains($0.0) }
        let advice = route.map { "is \($0.1): it belongs to POST \($0.2), not to chat." } ?? "does not chat."
        return GatewayError(
            .invalidRequest,
            "The model '\(card.id)' \(advice)",
            parameter: "model",
            code: "model_not_supported"
        )
    }
}
