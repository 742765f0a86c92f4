import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// Who has signed in: a token in `Authorization`, the same in a cookie for pages of this site, or, where the settings say
/// so, whom the web server has proven.
///
/// The account's row is read for each request, so that a session ends at once with what it rests on.
struct Sessions: Sendable {
    private static let cookie = "martlet_session"
    let console: Console

    /// Finds out who asks.
    ///
    /// - Throws: `GatewayError` of kind `invalidKey` without a session, `forbidden` for one whose role is too low.
    func principal(
        of request: Request,
        in context: RequestContext,
        for access: ConsoleRoute.Access
    ) throws(GatewayError) -> Principal? {
        guard access != .anyone else { return nil }
        guard let principal = try principal(of: request) else { throw Console.noSession }
        let lowest: Role = access == .owner ? .owner : access == .admin ? .admin : .user
        guard principal.role >= lowest else {
            throw Console.refused(
                access == .owner ? "Only the owner may do this." : "Only an administrator may do this."
            )
        }
        return principal
    }

    private func principal(of request: Request) throws(GatewayError) -> Principal? {
        let token: Secret
        if let found = Self.token(inAuthorization: request.fields[.authorization]) {
            token = found
        } else if let found = Self.token(in: request.fields[.cookie]) {
            try checkOrigin(of: request)
            token = found
        } else if let name = request.proven {
            // The browser sends the web server's proof along by itself, as it does a cookie.
            try checkOrigin(of: request)
            return try proven(name)
        } else {
            return nil
        }
        guard let claims = console.tokens.read(token, now: console.now()) else { return nil }
        let account: AccountTable.Row?
        do {
            account = try console.store.read { tables throws(StoreError) in
                try tables.accounts.row(claims.account)
            }
        } catch {
            throw Console.unreachable(error)
        }
        guard let account, account.status == .enabled, account.sessionVersion == claims.version else {
            return nil
        }
        return Principal(account: account, expires: claims.expires)
    }

    /// Whom the web server knows: an account of that name must be there.
    private func proven(_ name: String) throws(GatewayError) -> Principal? {
        let account: AccountTable.Row?
        do {
            account = try console.store.read { tables throws(StoreError) in
                try tables.accounts.row(named: name)
            }
        } catch {
            throw Console.unreachable(error)
        }
        guard let account, account.status == .enabled else {
            throw Console.refused("There is no account for the name that the web server gives.")
        }
        return Principal(account: account, expires: console.now() + console.settings.sessionLength)
    }

    /// A cookie goes along with requests of other sites' pages, too: what changes something must come from this one.
    private func checkOrigin(of request: Request) throws(GatewayError) {
        guard request.method != .get, request.method != .head else { return }
        let host = request.fields[.host] ?? ""
        if let site = request.fields[.fetchSite], site == "same-origin" { return }
        if let origin = request.fields[.origin], let mark = origin.range(of: "://"),
            !host.isEmpty, origin[mark.upperBound...] == host
        {
            return
        }
        throw Console.refused("This must come from the console's own page.")
    }

    /// Begins a session, and lets a browser keep it where no script can read it.
    func begin(for account: AccountTable.Row, in call: Call) -> Secret {
        let now = console.now()
        let token = console.tokens.make(
            SessionToken.Claims(
                account: account.id,
                username: account.username,
                role: account.role,
                version: account.sessionVersion,
                issued: now,
                expires: now + console.settings.sessionLength
            )
        )
        set(token.revealed, for: console.settings.sessionLength, in: call)
        return token
    }

    /// Lets a browser forget the session.
    func end(in call: Call) { set("", for: 0, in: call) }

    private func set(_ value: String, for seconds: Int, in call: Call) {
        call.context.responseFields[.setCookie] =
            "\(Self.cookie)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict"
            + (call.request.isSecure ? "; Secure" : "")
    }

    /// `Bearer TOKEN`, or the token alone, for some clients leave the word out; what the web server asked for itself, such as
    /// `Basic …`, is none.
    private static func token(inAuthorization field: String?) -> Secret? {
        guard let field else { return nil }
        if field.lowercased().hasPrefix("bearer ") { return Secret(String(field.dropFirst(7))) }
        return field.contains(" ") ? nil : Secret(field)
    }

    private static func token(in cookies: String?) -> Secret? {
        for pair in (cookies ?? "").split(separator: ";") {
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == cookie { return Secret(String(parts[1])) }
        }
        return nil
    }
}

extension HTTPField.Name {
    fileprivate static let host = HTTPField.Name("host") ?? .via
    fileprivate static let fetchSite = HTTPField.Name("sec-fetch-site") ?? .via
}

extension StringProtocol {
    /// The first place of a text; Foundation's would bring it along.
    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
