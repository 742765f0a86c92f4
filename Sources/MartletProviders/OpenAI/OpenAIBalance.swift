import HTTPTypes
public import MartletCore

/// What is left at a vendor that speaks OpenAI's dialect and tells it to the key itself.
///
/// ```
/// deepseek      GET /user/balance                    {"balance_infos":[{"currency","total_balance"}]}
/// openrouter    GET …/v1/credits                     {"data":{"total_credits","total_usage"}}
/// anything else GET /v1/dashboard/billing/subscription, …/usage    {"hard_limit_usd"}, {"total_usage"}: cents
/// ```
/// OpenAI itself tells it to nobody but a person. Sources: the vendors' API references, and one-api's for the last
/// (2026-11).
public struct OpenAIBalance: Sendable {
    private let endpoint: Endpoint

    /// Asks with an endpoint's key.
    public init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    /// Asks.
    ///
    /// - Parameter caller: sends the questions.
    /// - Returns: what is left; nil where the vendor does not tell, or not in US dollars.
    /// - Throws: what `caller` throws; `UpstreamFailure` where the vendor refuses.
    public func ask(through caller: some UpstreamCaller) throws -> Credits? {
        if endpoint.origin.contains("deepseek.com") { return try deepSeek(caller) }
        if endpoint.origin.contains("openrouter.ai") { return try openRouter(caller) }
        guard let limit = try answer("dashboard/billing/subscription", caller)?["hard_limit_usd"],
            let usage = try answer("dashboard/billing/usage", caller)?["total_usage"],
            let granted = Self.money(limit), let cents = Self.money(usage)
        else { return nil }
        return granted - Credits(nano: cents.nano / 100)
    }

    private func deepSeek(_ caller: some UpstreamCaller) throws -> Credits? {
        let root = endpoint.origin.hasSuffix("/v1") ? String(endpoint.origin.dropLast(3)) : endpoint.origin
        let purses = try answer(at: root + "/user/balance", caller)?["balance_infos"]?.arrayValue ?? []
        return purses.first { $0["currency"]?.stringValue == "USD" }?["total_balance"].flatMap(Self.money)
    }

    private func openRouter(_ caller: some UpstreamCaller) throws -> Credits? {
        guard let data = try answer("credits", caller)?["data"],
            let bought = data["total_credits"].flatMap(Self.money),
            let spent = data["total_usage"].flatMap(Self.money)
        else { return nil }
        return bought - spent
    }

    private func answer(_ route: String, _ caller: some UpstreamCaller) throws -> JSON? {
        try answer(at: OpenAIAddress.url(base: endpoint.origin, route: route), caller)
    }

    /// An answer's JSON; nil where there is no such address.
    private func answer(at url: String, _ caller: some UpstreamCaller) throws -> JSON? {
        var fields = endpoint.traits.fields
        fields[.authorization] = "Bearer \(endpoint.key.revealed)"
        let answer = try caller.call(UpstreamRequest(method: .get, url: url, fields: fields), limit: 1 << 16)
        if answer.status == 404 || answer.status == 405 { return nil }
        guard answer.isSuccess else {
            throw OpenAIFailures.failure(status: answer.status, fields: answer.fields, body: answer.body)
        }
        return try? JSON.parse(answer.body)
    }

    /// A number, or one as text, of at most a billion.
    private static func money(_ json: JSON) -> Credits? {
        guard let number = json.doubleValue ?? json.stringValue.flatMap(Double.init), abs(number) < 1e9 else {
            return nil
        }
        return Credits(nano: Int64((number * 1_000_000_000).rounded()))
    }
}
