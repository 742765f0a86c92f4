import MartletCore
import MartletProviders

extension RoutePlanner {
    /// Finds the model for a use that is not chat, or the best that the catalogue has where none is named.
    ///
    /// - Throws: `GatewayError` of kind `modelNotFound`, or `invalidRequest` for a model of another use.
    func plan(
        _ name: ModelName?,
        for use: ModelCard.Use,
        preferring preferred: [ModelName],
        key: Secret
    ) throws(GatewayError) -> (card: ModelCard, endpoint: Endpoint) {
        guard let endpoint = callersEndpoint(key) else { throw missing(name ?? "") }
        guard let name else { return (try first(for: use, preferring: preferred), endpoint) }
        guard case .found(let card, _) = catalogue.catalogue.resolve(name) else { throw missing(name) }
        guard card.uses.contains(use) else { throw Self.wrongUse(of: card, wanted: use) }
        return (card, endpoint)
    }

    private func first(
        for use: ModelCard.Use,
        preferring preferred: [ModelName]
    ) throws(GatewayError) -> ModelCard {
        let cards = models.filter { $0.uses.contains(use) }
        let best = preferred.lazy.compactMap { name in cards.first { $0.id == name } }.first
        guard let card = best ?? cards.first else {
            throw GatewayError(
                .modelNotFound,
                "There is no model for this at the moment. GET /v1/models lists those that there are.",
                parameter: "model"
            )
        }
        return card
    }

    private static func wrongUse(of card: ModelCard, wanted: ModelCard.Use) -> GatewayError {
        let what =
            switch wanted {
            case .chat: "chat"
            case .code: "write code"
            case .imageGeneration: "make pictures"
            case .imageEditing: "change pictures"
            case .imageVariation: "vary pictures"
            case .speech: "read aloud"
            case .transcription: "write down what is said"
            case .translation: "translate what is said"
            case .embedding: "make vectors"
            case .moderation: "judge texts"
            case .rerank: "put documents in order"
            }
        return GatewayError(
            .invalidRequest,
            "The model '\(card.id)' does not \(what). Leave 'model' out for one that does.",
            parameter: "model",
            code: "model_not_supported"
        )
    }
}
