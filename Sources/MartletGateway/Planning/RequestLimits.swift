import HTTPTypes
import Logging
import MartletAccounts
import MartletCore
public import MartletMeter
import MartletProviders
import MartletStore
import MartletWeb

/// Which limits hold for a caller, and what the client is told of them.
public struct RequestLimits: Sendable {
    private let limiter: RateLimitPolicy
    private let rule: RateRule
    private let failedAuthenticationRule: RateRule
    private let countsKeys: Bool
    private let countsAddresses: Bool

    /// Puts the limits together.
    ///
    /// - Parameters:
    ///   - limiter: counts and refuses.
    ///   - rule: per caller and endpoint.
    ///   - failedAuthentications: how many refused keys an address may try in a minute; nil without a limit.
    ///   - countsKeys: whether a key is a caller.
    ///   - countsAddresses: whether an address is a caller. A key that only the vendor can verify counts for its
    ///     address in any case, so that an invented one buys no fresh window.
    public init(
        limiter: RateLimitPolicy,
        rule: RateRule,
        failedAuthentications: Int?,
        countsKeys: Bool,
        countsAddresses: Bool
    ) {
        self.limiter = limiter
        self.rule = rule
        failedAuthenticationRule = RateRule(requestsPerMinute: failedAuthentications)
        self.countsKeys = countsKeys
        self.countsAddresses = countsAddresses
    }

    /// Admits and counts a request, and tells where its caller stands in the answer's `x-ratelimit-…` fields.
    ///
    /// The tokens are those of the prompt; `settle` puts the real number in their place.
    ///
    /// - Throws: `GatewayError` of kind `rateLimited` that names the limit, or `unavailable` where limits cannot be
    ///   counted and the settings say that nothing passes then.
    func admit(
        _ caller: Caller,
        endpoint: String,
        tokens: TokenCount,
        context: RequestContext
    ) throws -> AdmissionReceipt {
        switch try ask({ () throws(StoreError) in try limiter.admit(demands(caller, endpoint), tokens: tokens)
        })
        {
        case .admitted(let receipt, let states):
            RateLimitFields.set(states, in: &context.responseFields)
            return receipt
        case .refused(let refusal, let wait):
            RateLimitFields.set(refusal.states, in: &context.responseFields)
            throw Self.error(refusal, retryAfter: wait)
        case .neverFits(let refusal):
            RateLimitFields.set(refusal.states, in: &context.responseFields)
            throw GatewayError(
                .rateLimited,
                "This request alone needs \(refusal.requested) \(refusal.unit.rawValue), and the limit per "
                    + "\(refusal.subject.kind.shown) is \(refusal.limit) in a minute. Make it shorter.",
                shouldRetry: false
            )
        }
    }

    /// Counts a request at a model of a channel that has a limit of its own for all callers together.
    ///
    /// - Returns: nil when it does not fit at the moment, or when the limit cannot be counted and nothing passes then.
    func enter(_ target: Target, tokens: TokenCount) -> AdmissionReceipt? {
        guard let limit = target.tokensPerMinute else { return .none }
        let subject = LimitSubject(.channel, "\(target.channel)/\(target.card.id.text)")
        let demand = LimitDemand(subject, RateRule(tokensPerMinute: limit))
        guard case .admitted(let receipt, _) = try? limiter.admit([demand], tokens: tokens) else {
            return nil
        }
        return receipt
    }

    /// Puts the tokens that a request really took in the place of the estimate, once for each receipt.
    ///
    /// Nil keeps the estimate.
    func settle(_ receipt: AdmissionReceipt, tokens: TokenCount?) {
        limiter.settle(receipt, tokens: tokens)
    }

    /// Counts a key that the vendor refused.
    func countFailedAuthentication(of caller: Caller) {
        guard failedAuthenticationRule != RateRule() else { return }
        let demand = failedAuthenticationDemand(caller, isOnlyChecked: false)
        // Over the limit there is nothing more to count.
        guard case .admitted(let receipt, _) = try? limiter.admit([demand]) else { return }
        limiter.settle(receipt, tokens: nil)
    }

    /// Counts a key that is refused here, and says so where too many were.
    ///
    /// - Throws: `GatewayError` of kind `rateLimited`.
    func refuseAfterFailures(of caller: Caller) throws(GatewayError) {
        guard failedAuthenticationRule != RateRule() else { return }
        let demand = failedAuthenticationDemand(caller, isOnlyChecked: false)
        switch try? limiter.admit([demand]) {
        case .admitted(let receipt, _): limiter.settle(receipt, tokens: nil)
        case .refused(let refusal, let wait): throw Self.error(refusal, retryAfter: wait)
        case .neverFits, nil: return
        }
    }

    private func demands(_ caller: Caller, _ endpoint: String) -> [LimitDemand] {
        var demands: [LimitDemand] = []
        if countsKeys {
            demands.append(LimitDemand(LimitSubject(.key, "\(caller.limitSubject)/\(endpoint)"), rule))
        }
        if let limits = caller.standing?.limits {
            func limit(_ number: Int) -> Int? { number > 0 ? number : nil }
            // A key's own limits hold for all addresses together, and instead of the general ones.
            let own = RateRule(
                requestsPerMinute: limit(limits.requestsPerMinute),
                tokensPerMinute: limit(limits.tokensPerMinute)
            )
            if own != RateRule() { demands = [LimitDemand(LimitSubject(.key, caller.limitSubject), own)] }
        }
        if countsAddresses || !caller.isVerified {
            demands.append(LimitDemand(LimitSubject(.address, "\(caller.address)/\(endpoint)"), rule))
        }
        // A rule without a limit would only cost its row.
        demands.removeAll { $0.rule == RateRule() }
        if failedAuthenticationRule != RateRule() {
            demands.append(failedAuthenticationDemand(caller, isOnlyChecked: true))
        }
        return demands
    }

    private func failedAuthenticationDemand(_ caller: Caller, isOnlyChecked: Bool) -> LimitDemand {
        LimitDemand(
            LimitSubject(.failedAuthentication, caller.address),
            failedAuthenticationRule,
            isOnlyChecked: isOnlyChecked
        )
    }

    private func ask(_ question: () throws(StoreError) -> Admission) throws -> Admission {
        do {
            return try question()
        } catch {
            throw GatewayError(
                .unavailable,
                "Limits cannot be counted at the moment.",
                detail: "\(error)",
                retryAfter: .seconds(5)
            )
        }
    }

    private static func error(_ refusal: LimitRefusal, retryAfter: Duration) -> GatewayError {
        if refusal.subject.kind == .failedAuthentication {
            return GatewayError(
                .rateLimited,
                "Too many refused API keys came from this address in the last minute.",
                code: "too_many_failed_authentications",
                retryAfter: retryAfter
            )
        }
        return GatewayError(
            .rateLimited,
            "Rate limit reached for \(refusal.unit.rawValue) per minute of this \(refusal.subject.kind.shown): "
                + "limit \(refusal.limit), used \(refusal.used), requested \(refusal.requested).",
            code: "rate_limit_exceeded",
            retryAfter: retryAfter
        )
    }
}

extension LimitSubject.Kind {
    /// The word for people.
    fileprivate var shown: String {
        switch self {
        case .key: "API key"
        case .address, .failedAuthentication: "address"
        case .channel: "channel"
        }
    }
}
