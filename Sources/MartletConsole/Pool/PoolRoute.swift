import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// An address of the key pools that clients come from: whose API key it is says what may be done, and errors are
/// `{"error":"text"}`.
struct PoolRoute: Sendable {
    let method: HTTPRequest.Method
    let pattern: RoutePattern
    let summary: String
    let act: @Sendable (Call) throws -> JSON

    init(
        _ method: HTTPRequest.Method,
        _ pattern: RoutePattern,
        _ summary: String,
        act: @escaping @Sendable (Call) throws -> JSON
    ) {
        (self.method, self.pattern, self.summary, self.act) = (method, pattern, summary, act)
    }

    /// Why there is no answer.
    struct Refusal: Error {
        let status: HTTPResponse.Status
        let text: String
        /// What else is told.
        var more = JSONObject()
    }

    /// The same as a line of the web kit's table.
    func route(at console: Console) -> Route {
        Route(method, pattern, summary) { request, context, writer in
            do {
                let principal = try principal(of: request, at: console)
                context.facts.caller = principal.account.username
                try writer.send(try act(Call(request, in: context, at: console, by: principal)))
            } catch let refusal as Refusal {
                context.facts.label = refusal.status == .notFound ? .notFound : .badRequest
                var object = refusal.more
                object["error"] = .string(refusal.text)
                try writer.send(.object(object), status: refusal.status)
            } catch let error as GatewayError {
                context.facts.label = error.label
                context.facts.detail = error.detail ?? error.message
                try writer.send(["error": .string(error.message)], status: error.kind.status)
            }
        }
    }

    private func principal(of request: Request, at console: Console) throws -> Principal {
        let unauthorized = Refusal(status: .unauthorized, text: "Unauthorized")
        guard let key = try? ClientKey.find(in: request.fields) else { throw unauthorized }
        let hash = KeyHash(key).text
        let found: AccountTable.Row?
        do {
            found = try console.store.read { tables throws(StoreError) in
                guard let row = try tables.keys.row(hash: hash, now: console.now()), row.status == .enabled,
                    row.limits.expires == 0 || row.limits.expires > console.now()
                else { return nil }
                return try tables.accounts.row(row.account)
            }
        } catch {
            throw Console.unreachable(error)
        }
        guard let found, found.status == .enabled else {
            try console.throttle.enter(.login, address: ClientAddress.limitSubject(request.clientAddress))
            throw unauthorized
        }
        return Principal(account: found, expires: 0)
    }
}

extension Role {
    /// The word that key pools have for it.
    var poolWord: String { self == .owner ? "superadmin" : word }
}
