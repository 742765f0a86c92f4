import MartletAccounts
import MartletCore
import MartletWeb

/// `GET` and `DELETE /v1/responses/{id}`, and `GET /v1/responses/{id}/input_items`.
struct StoredResponses: Sendable {
    let gateway: Gateway

    func retrieve(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        // An SDK that waits for events would take an object for an empty stream.
        if Query(request.query)["stream"] == "true" {
            throw GatewayError(
                .invalidRequest,
                "A stored response comes whole: leave 'stream' out.",
                parameter: "stream",
                code: "unsupported_parameter"
            )
        }
        try writer.send(try find(request, context).response)
    }

    func remove(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let key = try key(of: request, context)
        let id = request.pathValues["id"] ?? ""
        guard try gateway.archive.remove(id, key: key) else { throw Self.missing(id) }
        try writer.send(["id": .string(id), "object": "response.deleted", "deleted": true])
    }

    /// Lists items newest first, as OpenAI does, in pages of `limit` after the item `after`.
    func inputItems(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let query = Query(request.query)
        let limit = try query.integer("limit", in: 1...100) ?? 20
        let order = query["order"] ?? "desc"
        guard order == "desc" || order == "asc" else {
            throw GatewayError(.invalidRequest, "'order' must be 'asc' or 'desc'.", parameter: "order")
        }
        let input = try find(request, context).input
        var items = (order == "asc" ? input : input.reversed())[...]
        if let after = query["after"] {
            guard let place = items.firstIndex(where: { $0["id"]?.stringValue == after }) else {
                throw GatewayError(
                    .invalidRequest,
                    "'after' names no item of this response.",
                    parameter: "after"
                )
            }
            items = items[(place + 1)...]
        }
        let page = Array(items.prefix(limit))
        try writer.send([
            "object": "list", "data": .array(page), "first_id": page.first?["id"] ?? .null,
            "last_id": page.last?["id"] ?? .null, "has_more": .bool(page.count < items.count),
        ])
    }

    private func find(_ request: Request, _ context: RequestContext) throws -> ResponseArchive.Kept {
        let key = try key(of: request, context)
        let id = request.pathValues["id"] ?? ""
        guard let kept = try gateway.archive.find(id, key: key) else { throw Self.missing(id) }
        return kept
    }

    /// The caller's key; nothing is asked of the vendor, but looking costs time: it counts as a request of its own kind.
    private func key(of request: Request, _ context: RequestContext) throws -> Secret {
        let (caller, key) = try gateway.caller(of: request, in: context)
        _ = try gateway.limits.admit(caller, endpoint: "stored_responses", tokens: 0, context: context)
        return key
    }

    /// The same for what is not there and for what is another's.
    private static func missing(_ id: String) -> GatewayError {
        GatewayError(
            .notFound,
            "Response with id '\(id.prefix(100))' not found.",
            parameter: "id",
            shouldRetry: false
        )
    }
}
