public import MartletCore

/// How many times a password or a code may be tried: per address and per account, in all processes together.
///
/// Safe from any thread.
public struct LoginThrottle: Sendable {
    private let admit: @Sendable (_ subject: String) -> Duration?

    /// - Parameter admit: counts one try of a subject; how long to wait where there were too many.
    public init(admit: @escaping @Sendable (_ subject: String) -> Duration?) {
        self.admit = admit
    }

    /// What is tried; each counts by itself.
    public enum Purpose: String, Sendable {
        case login, register, redeem, setup
    }

    /// Counts a try.
    ///
    /// - Throws: `GatewayError` of kind `rateLimited`.
    public func enter(_ purpose: Purpose, address: String, username: String = "") throws(GatewayError) {
        let subjects =
            ["\(purpose)/\(address)"] + (username.isEmpty ? [] : ["\(purpose)/\(username.lowercased())"])
        for subject in subjects {
            guard let wait = admit(subject) else { continue }
            throw GatewayError(
                .rateLimited,
                "Too many tries. Wait a little.",
                code: "too_many_logins",
                retryAfter: wait
            )
        }
    }
}
