import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// One request to the management API, as its endpoint sees it.
///
/// Belongs to the thread of its request.
final class Call {
    static let longestBody = 1 << 20
    let request: Request
    let context: RequestContext
    let console: Console
    /// Who asks; nil where nobody has to say.
    let principal: Principal?
    let query: Query
    private var parsed: JSON?

    init(_ request: Request, in context: RequestContext, at console: Console, by principal: Principal?) {
        self.request = request
        self.context = context
        self.console = console
        self.principal = principal
        query = Query(request.query)
    }

    /// What the client's address counts as in limits.
    var address: String { ClientAddress.limitSubject(request.clientAddress) }

    /// Who asks, at addresses that only known people reach.
    var actor: Principal {
        get throws(GatewayError) {
            guard let principal else { throw Console.noSession }
            return principal
        }
    }

    /// The body, which must be a JSON object.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest`, `unsupportedMediaType` or `bodyTooLarge`; `ClientGone`.
    func body() throws -> JSON {
        if let parsed { return parsed }
        let type = request.fields.value(of: .contentType)?.prefix { $0 != ";" }.lowercased()
        // A page of another site can send a form or a text in its visitor's name, and JSON only where it is allowed to.
        guard type == "application/json" else {
            throw GatewayError(.unsupportedMediaType, "Send JSON, with 'Content-Type: application/json'.")
        }
        let bytes = try request.body.read(limit: Self.longestBody)
        guard let json = try? JSON.parse(bytes), json.objectValue != nil else {
            throw GatewayError(.invalidRequest, "The body must be a JSON object.", code: "invalid_json")
        }
        parsed = json
        return json
    }

    /// Reads another object in the place of the body, which has it inside.
    func replaceBody(with inner: JSON) { parsed = inner }

    /// A member of the body; nil where it is missing or null.
    ///
    /// - Throws: as `body`, and `invalidRequest` that names a member of another type.
    func value<Value>(_ field: Field<Value>) throws -> Value? {
        guard let found = try body()[field.name], found != .null else { return nil }
        guard let value = field.read(found) else {
            throw GatewayError(
                .invalidRequest,
                "'\(field.name)' must be \(field.words).",
                parameter: field.name
            )
        }
        return value
    }

    /// A member of the body that must be there.
    ///
    /// - Throws: as `value`, and `invalidRequest` that names a missing member.
    func required<Value>(_ field: Field<Value>) throws -> Value {
        guard let value = try value(field) else {
            throw GatewayError(.invalidRequest, "'\(field.name)' is required.", parameter: field.name)
        }
        return value
    }

    /// A text on one line.
    ///
    /// - Throws: as `value`, and `invalidRequest` for one with control characters.
    func line(_ field: Field<String>) throws -> String? {
        guard let text = try value(field) else { return nil }
        do throws(AccountFault) {
            return try AccountRules.text(text, field: field.name, atMost: .max)
        } catch {
            throw GatewayError(error)
        }
    }

    /// A number in the address.
    ///
    /// - Throws: `GatewayError` of kind `notFound` for what is none.
    func number(_ name: String = "id") throws(GatewayError) -> Int64 {
        guard let number = request.pathValues[name].flatMap(Int64.init), number > 0 else {
            throw Console.missing
        }
        return number
    }

    /// Which page is asked for.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest`.
    func page() throws(GatewayError) -> Page { try Page(query) }

    /// Reads the database.
    ///
    /// - Throws: what `body` throws; `GatewayError` of kind `unavailable`.
    func read<Result>(_ body: (StoreTables) throws(StoreError) -> Result) throws(GatewayError) -> Result {
        do {
            return try console.store.read(body)
        } catch {
            throw Console.unreachable(error)
        }
    }

    /// Brings what requests took to where it is looked up.
    ///
    /// - Throws: `GatewayError` of kind `unavailable`.
    func gatherUsage() throws(GatewayError) {
        do {
            try console.store.gatherUsage()
        } catch {
            throw Console.unreachable(error)
        }
    }

    /// Changes the database, and writes down who did it.
    ///
    /// - Parameters:
    ///   - act: what is done, for example `token.create`.
    ///   - target: to what.
    ///   - detail: what else is to be known; never a secret.
    ///   - body: makes the change; nil where there was nothing to change.
    /// - Returns: what `body` gave.
    /// - Throws: `GatewayError` of kind `unavailable`.
    func change<Result>(
        _ act: String,
        of target: String,
        _ detail: String = "",
        _ body: (StoreTables) throws(StoreError) -> Result?
    ) throws(GatewayError) -> Result? {
        do {
            let result = try console.store.write { tables throws(StoreError) -> Result? in
                guard let result = try body(tables) else { return nil }
                try tables.audit.add(row(act, of: target, detail))
                return result
            }
            console.revision?.move()
            return result
        } catch {
            throw Console.unreachable(error)
        }
    }

    private func row(_ act: String, of target: String, _ detail: String) -> AuditTable.Row {
        AuditTable.Row(
            time: console.now(),
            actor: principal?.account.id ?? .none,
            name: principal?.account.username ?? "",
            action: act,
            target: target,
            detail: detail,
            address: request.clientAddress
        )
    }
}

/// Who has signed in.
struct Principal: Sendable {
    /// The account, as of this request.
    let account: AccountTable.Row
    /// Until when the session lasts, in seconds since 1970.
    let expires: Int

    var role: Role { account.role }
}

extension GatewayError {
    /// What is wrong with a part of an account.
    init(_ fault: AccountFault) {
        self.init(.invalidRequest, fault.problem + ".", parameter: fault.field)
    }
}
