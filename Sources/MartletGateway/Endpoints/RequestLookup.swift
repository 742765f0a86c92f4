import HTTPTypes
import MartletAccounts
import MartletCore
import MartletProviders
import MartletStore
import MartletWeb

/// `GET /v1/requests/{id}`: what a request took and cost, for the account whose key made it.
struct RequestLookup: Sendable {
    let gateway: Gateway

    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        let (caller, _) = try gateway.caller(of: request, in: context)
        _ = try gateway.limits.admit(caller, endpoint: "requests", tokens: 0, context: context)
        let id = request.pathValues["id"] ?? ""
        // Another's request is as if it were not there.
        guard let account = caller.standing?.account, let row = try gateway.books.request(id, of: account)
        else {
            throw GatewayError(
                .notFound,
                "Request with id '\(id.prefix(100))' not found.",
                parameter: "id",
                shouldRetry: false
            )
        }
        try writer.send(Self.json(row))
    }

    private static func json(_ row: UsageTable.Row) -> JSON {
        let usage = row.usage
        return [
            "id": .string(row.request), "object": "request", "created": JSON(row.time / 1_000),
            "model": .string(row.model), "channel": .string(row.channel), "endpoint": .string(row.endpoint),
            "usage": [
                "prompt_tokens": JSON(usage.input.value), "completion_tokens": JSON(usage.output.value),
                "cached_tokens": JSON(usage.cachedInput.value),
                "cache_write_tokens": JSON(usage.cacheWrite.value),
                "cache_write_1h_tokens": JSON(usage.hourCacheWrite.value),
                "reasoning_tokens": JSON(usage.reasoning.value), "images": JSON(row.images),
                "estimated": .bool(row.isEstimated),
            ],
            "cost_usd": row.isUnpriced ? .null : .number(JSONNumber(row.cost)),
            "outcome": .string(row.outcome),
            "attempts": JSON(row.attempts), "first_byte_ms": row.firstByte.map { JSON($0) } ?? .null,
            "total_ms": JSON(row.duration),
        ]
    }
}
