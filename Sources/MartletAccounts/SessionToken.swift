import Crypto
public import MartletCore

/// Who has signed in, in a text that only this service can make: a JSON Web Token.
///
/// Signed by HMAC-SHA-256 and by nothing else: what a token says of its algorithm counts only where it is that one. An end
/// is required.
///
/// Source: RFC 7519, RFC 8725.
public struct SessionToken: Sendable {
    /// What a token says.
    public struct Claims: Sendable, Equatable {
        /// Whose session it is.
        public var account: AccountID
        /// The name, for people.
        public var username: String
        /// What the account may do, as of the sign-in; the account's row is what counts.
        public var role: Role
        /// Sessions end with the next version: see `AccountTable.Row`.
        public var version: Int
        /// When it was made, in seconds since 1970.
        public var issued: Int
        /// When it ends, in seconds since 1970.
        public var expires: Int

        /// Makes claims; see the properties.
        public init(
            account: AccountID,
            username: String,
            role: Role,
            version: Int,
            issued: Int,
            expires: Int
        ) {
            self.account = account
            self.username = username
            self.role = role
            self.version = version
            self.issued = issued
            self.expires = expires
        }
    }

    /// The shortest secret in bytes: as long as what it signs with.
    public static let shortestSecret = 32
    private static let header = Base64Encoding.urlText(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
    private static let longestToken = 4_096
    private let key: SymmetricKey

    /// Makes and reads tokens with a secret; nil for one that is too short.
    public init?(secret: Secret) {
        let bytes = Array(secret.revealed.utf8)
        guard bytes.count >= Self.shortestSecret else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// Makes a token.
    public func make(_ claims: Claims) -> Secret {
        let body: JSON = [
            "sub": .string(String(claims.account.value)), "username": .string(claims.username),
            "role": JSON(claims.role.rawValue), "ver": JSON(claims.version), "iat": JSON(claims.issued),
            "exp": JSON(claims.expires),
            // Two sign-ins within a second are two sessions.
            "jti": .string(RandomText.alphanumeric(12)),
        ]
        let signed = "\(Self.header).\(Base64Encoding.urlText(body.serialized()))"
        let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: key)
        return Secret("\(signed).\(Base64Encoding.urlText(Array(code)))")
    }

    /// Reads a token; nil for one that was not made with this secret, that has ended, or that says too little.
    public func read(_ token: Secret, now: Int) -> Claims? {
        let text = token.revealed
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard text.utf8.count <= Self.longestToken, parts.count == 3,
            let code = Base64Encoding.bytes(in: parts[2]),
            HMAC<SHA256>.isValidAuthenticationCode(
                code,
                authenticating: Array("\(parts[0]).\(parts[1])".utf8),
                using: key
            ),
            let header = Base64Encoding.bytes(in: parts[0]).flatMap({ try? JSON.parse($0) }),
            header["alg"]?.stringValue == "HS256", header["crit"] == nil,
            let body = Base64Encoding.bytes(in: parts[1]).flatMap({ try? JSON.parse($0) })
        else { return nil }
        guard let subject = body["sub"], let expires = body["exp"]?.intValue, expires > now,
            (body["nbf"]?.intValue ?? 0) <= now,
            let number = subject.intValue.map(Int64.init) ?? subject.stringValue.flatMap(Int64.init)
        else { return nil }
        return Claims(
            account: AccountID(number),
            username: body["username"]?.stringValue ?? "",
            role: body["role"]?.intValue.flatMap(Role.init) ?? .user,
            version: body["ver"]?.intValue ?? 0,
            issued: body["iat"]?.intValue ?? 0,
            expires: expires
        )
    }
}
