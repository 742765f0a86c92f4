public import MartletCore
public import MartletProviders

/// Where a request goes.
public struct Target: Sendable {
    /// The vendor.
    public let adapter: any ProviderAdapter
    /// Its address and key.
    public let endpoint: Endpoint
    /// The model.
    public let card: ModelCard
}

/// Decides where a request goes.
public struct RoutePlanner: Sendable {
    private let catalogue: CatalogueKeeper
    private let adapter: any ProviderAdapter
    private let codeAdapter: any ProviderAdapter
    private let origin: String

    /// - Parameters:
    ///   - catalogue: which models there are.
    ///   - adapter: the vendor that offers them.
    ///   - codeAdapter: the same vendor, for models that write code and do not chat.
    ///   - origin: the vendor's address.
    public init(
        catalogue: CatalogueKeeper,
        adapter: any ProviderAdapter,
        codeAdapter: any ProviderAdapter,
        origin: String
    ) {
        self.codeAdapter = codeAdapter
        self.catalogue = catalogue
        self.adapter = adapter
        self.origin = origin
    }

    /// The vendor's name as people know it.
    var vendor: String { adapter.name }

    /// Finds the target of a chat request, and puts the vendor's name for the model into it.
    ///
    /// - Throws: `GatewayError` of kind `modelNotFound`, or `invalidRequest` for a model that does not chat.
    public func plan(_ request: inout ChatRequest, key: Secret) throws(GatewayError) -> Target {
        let (card, searchesWeb) = try find(request.model)
        let chats = card.uses.contains(.chat)
        guard chats || card.uses.contains(.code) else { throw Self.wrongRoute(for: card) }
        request.model = card.id
        if searchesWeb, request.webSearch == nil { request.webSearch = WebSearch() }
        return Target(
            adapter: chats ? adapter : codeAdapter,
            endpoint: Endpoint(origin: origin, key: key),
            card: card
        )
    }

    /// The models that may be used, in the catalogue's order.
    var models: [ModelCard] { catalogue.catalogue.models }

    /// Where the vendor is asked with a key.
    func endpoint(_ key: Secret) -> Endpoint { Endpoint(origin: origin, key: key) }

    /// What a name stands for.
    ///
    /// - Throws: `GatewayError` of kind `modelNotFound` that says why.
    func find(_ name: ModelName) throws(GatewayError) -> (card: ModelCard, searchesWeb: Bool) {
        // For errors alone: cutting a text takes longer than finding the model.
        var shown: String { String(name.text.prefix(200)) }
        switch catalogue.catalogue.resolve(name) {
        case .found(let card, let searchesWeb):
            return (card, searchesWeb)
        case .retired(let successor):
            throw Self.notFound("The model '\(shown)' is no longer offered. Use '\(successor)' instead.")
        case .notPermitted:
            throw Self.notFound(
                "The model '\(shown)' is not permitted here. GET /v1/models lists those that are."
            )
        case .unknown:
            throw Self.notFound("The model '\(shown)' does not exist. GET /v1/models lists those that do.")
        }
    }

    private static func notFound(_ message: String) -> GatewayError {
        GatewayError(.modelNotFound, message, parameter: "model", shouldRetry: false)
    }

    private static func wrongRoute(for card: ModelCard) -> GatewayError {
        let routes: [(ModelCard.Use, String, String)] = [
            (.imageGeneration, "an image model", "/v1/images/generations"),
            (.imageEditing, "an image editing model", "/v1/images/edits"),
            (.imageVariation, "an image variation model", "/v1/images/variations"),
            (.speech, "a speech model", "/v1/audio/speech"),
            (.transcription, "a transcription model", "/v1/audio/transcriptions"),
            (.translation, "an audio translation model", "/v1/audio/translations"),
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
