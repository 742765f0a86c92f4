import MartletCore
import MartletProviders
import MartletWeb

/// `GET /v1/models` and `GET /v1/models/{id}`.
///
/// They need no key: the list is public at the vendor, too.
struct Models: Sendable {
    let catalogue: CatalogueKeeper

    func list(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let catalogue = catalogue.catalogue
        let models = catalogue.models.map { Self.json($0, created: catalogue.fetched) }
        try writer.send(["object": "list", "data": .array(models)])
    }

    func one(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let name = ModelName(request.pathValues["model"] ?? "")
        let catalogue = catalogue.catalogue
        switch catalogue.resolve(name) {
        case .found(let card, _):
            try writer.send(Self.json(card, created: catalogue.fetched))
        case .retired(let successor):
            throw GatewayError(
                .modelNotFound,
                "The model '\(name.text.prefix(200))' is no longer offered. Use '\(successor)' instead.",
                parameter: "model"
            )
        case .notPermitted, .unknown:
            throw GatewayError(
                .modelNotFound,
                "The model '\(name.text.prefix(200))' does not exist. GET /v1/models lists those that do.",
                parameter: "model"
            )
        }
    }

    private static func json(_ card: ModelCard, created: Int) -> JSON {
        [
            "id": .string(card.id.text),
            "object": "model",
            "created": .number(JSONNumber(created)),
            "owned_by": .string(card.maker),
        ]
    }
}
