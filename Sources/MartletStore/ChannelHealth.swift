/// Whether a channel can be used at the moment, and why not.
public struct ChannelHealth: Sendable, Equatable {
    /// Why it cannot.
    public enum Reason: String, Sendable {
        /// It can.
        case none = ""
        /// Somebody has disabled it.
        case manual
        /// No key is there that may be used.
        case noKey = "no_key"
        /// Every key is left alone, because its account at the vendor has no credit.
        case billing
        /// Every key is left alone after failures.
        case breaker
    }

    /// Why it cannot be used.
    public let reason: Reason
    /// When the first key is tried again, in seconds since 1970; 0 where nothing is waited for.
    public let restsUntil: Int

    /// Judges a channel.
    ///
    /// A model that is left alone with a key says nothing of the channel.
    ///
    /// - Parameters:
    ///   - name: the channel's.
    ///   - isEnabled: whether it is to be used.
    ///   - keys: the ids of the keys that may be used: see `ChannelKey.id`.
    ///   - takesCallersKey: whether callers may bring keys of their own, so that none has to be there.
    ///   - states: how keys have done lately.
    ///   - now: the time in seconds since 1970.
    public init(
        of name: String,
        isEnabled: Bool,
        keys: [String],
        takesCallersKey: Bool = false,
        states: [KeyStateTable.Subject: KeyStateTable.State],
        now: Int
    ) {
        let resting = keys.compactMap { key -> KeyStateTable.State? in
            let state = states[KeyStateTable.Subject(channel: name, key: key, model: "")]
            return state.flatMap { $0.until > now * 1_000 ? $0 : nil }
        }
        guard isEnabled, !takesCallersKey, !keys.isEmpty, resting.count == keys.count else {
            reason = !isEnabled ? .manual : keys.isEmpty && !takesCallersKey ? .noKey : .none
            restsUntil = 0
            return
        }
        reason = resting.allSatisfy { $0.reason == "no_credit" } ? .billing : .breaker
        restsUntil = (resting.map(\.until).min() ?? 0) / 1_000
    }
}
