import HTTPTypes
import Logging
import MartletAccounts
import MartletCore
import MartletMeter
import MartletProviders
import MartletStore
import MartletWeb

/// What one request costs: set aside before, booked once, on every way out.
///
/// ```
/// open ──reserve──► reserved ──close──► closed
///   └───────────────close──────────────────┘
/// ```
///
/// Belongs to the thread of its request.
final class Bill {
    private let books: Books
    private let caller: Caller
    private let context: RequestContext
    private var row = UsageTable.Row()
    private var reservation: Reservation?
    private var price: ModelPrice?
    private var isClosed = false

    /// - Parameters:
    ///   - books: where it is written down.
    ///   - caller: who asks.
    ///   - request: what is asked.
    ///   - context: what is told of it.
    ///   - endpoint: the address behind the version.
    init(
        _ books: Books,
        of caller: Caller,
        for request: Request,
        in context: RequestContext,
        endpoint: String
    ) {
        self.books = books
        self.caller = caller
        self.context = context
        row.request = context.id.text
        row.endpoint = endpoint
        row.address = request.clientAddress
        row.account = caller.standing?.account ?? .none
        row.key = caller.standing?.key ?? .none
    }

    /// Whether the caller learns what it costs.
    var isShown: Bool { caller.standing != nil }

    /// What it cost, or would cost with this usage; nil where nobody knows the price.
    func cost(of work: ModelPrice.Work) -> Credits? {
        price.map { $0.charge(for: work, ratio: caller.standing?.ratio ?? 1_000_000) }
    }

    /// Notes who is asked now: that is what it costs.
    func turn(to target: Target) {
        row.channel = target.channel
        row.channelKey = target.keyID
        row.upstreamModel = target.card.id.text
        price = target.ownsKey ? price(of: target) : ModelPrice()
    }

    /// Sets aside what the request may cost at the target that is asked first.
    ///
    /// - Parameters:
    ///   - target: who that is.
    ///   - model: the model, as the client names it.
    ///   - least: the work that is certain: the prompt.
    ///   - most: the work that may become of it.
    /// - Throws: `GatewayError` of kind `insufficientQuota`, `rateLimited`, `invalidKey`, `invalidRequest` for a model
    ///   without a price, or `unavailable`.
    func reserve(
        at target: Target,
        model: ModelName,
        least: ModelPrice.Work,
        most: ModelPrice.Work
    ) throws(GatewayError) {
        row.model = model.text
        turn(to: target)
        guard let standing = caller.standing else { return }
        guard price != nil || standing.isUnlimited || !books.prices.refusesUnknown else {
            throw GatewayError(
                .invalidRequest,
                "The model '\(RoutePlanner.shown(model))' has no price here, so it cannot be charged. The operator can "
                    + "set one.",
                parameter: "model",
                code: "model_has_no_price"
            )
        }
        let certain = cost(of: least) ?? .zero
        let wish = ReservationWish(
            account: standing.account,
            key: standing.key,
            least: price?.isFixed == true ? cost(of: most) ?? .zero : certain,
            most: cost(of: most) ?? .zero,
            subject: LedgerTable.Subject(
                request: row.request,
                model: row.model,
                channel: row.channel,
                endpoint: row.endpoint
            )
        )
        let outcome: ReservationOutcome
        do {
            outcome = try books.ledger.reserve(wish)
        } catch {
            throw GatewayError(
                .unavailable,
                "Nothing can be charged at the moment.",
                detail: "\(error)",
                retryAfter: .seconds(5)
            )
        }
        switch outcome {
        case .reserved(let reservation): self.reservation = reservation
        case .refused(let refusal): throw refusal.error(needing: wish.least)
        }
    }

    /// Books an answer, before its end goes out: who reads the end may look at the books at once.
    ///
    /// - Parameters:
    ///   - work: what it took.
    ///   - isEstimated: whether it was counted here.
    /// - Returns: what it cost; nil where that is not shown.
    @discardableResult
    func close(_ work: ModelPrice.Work, isEstimated: Bool) -> Credits? {
        guard !isClosed else { return isShown ? row.cost : nil }
        book(work, isEstimated: isEstimated, outcome: .completed)
        return isShown ? row.cost : nil
    }

    /// Books what was done for a request that failed, or whose client left.
    @inline(never)
    func close(after error: any Error, work: ModelPrice.Work, isEstimated: Bool) {
        guard !isClosed else { return }
        let label = (error as? GatewayError)?.label ?? (error is ClientGone ? .clientGone : .internalError)
        book(work, isEstimated: isEstimated, outcome: context.facts.label ?? label)
    }

    /// What every answer says of itself.
    func setFields() {
        context.responseFields[.channel] = row.channel.isEmpty ? nil : row.channel
        context.responseFields[.attempts] = String(max(1, context.facts.attempts))
        if isClosed, isShown, !row.isUnpriced { context.responseFields[.cost] = row.cost.dollars }
    }

    private func price(of target: Target) -> ModelPrice? {
        books.prices.price(
            at: PriceTable.Place(
                model: ModelName(row.model),
                upstream: target.card.id,
                channel: target.channel
            )
        )
    }

    private func book(_ work: ModelPrice.Work, isEstimated: Bool, outcome: ErrorLabel) {
        isClosed = true
        row.time = books.now()
        row.usage = work.usage
        row.images = work.images
        // What nobody has worked for costs nothing, also where each call has its price.
        let isDone = outcome == .completed || work.hasAnything
        row.cost = isDone ? cost(of: work) ?? .zero : .zero
        row.isUnpriced = isDone && price == nil
        row.isEstimated = isEstimated
        row.outcome = outcome.rawValue
        row.attempts = context.facts.attempts
        row.isStreamed = context.facts.isStreamed
        row.firstByte = context.facts.firstByte.map(Self.milliseconds)
        row.duration = Self.milliseconds(ContinuousClock.now - context.arrived)
        do {
            if caller.standing == nil {
                try books.usage.add(row)
            } else {
                try books.ledger.settle(reservation, row)
            }
        } catch {
            // The reservation stands, and is charged as a whole when this process ends.
            books.logger.error(
                "usage not booked",
                metadata: ["request": .string(row.request), "reason": .string("\(error)")]
            )
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }
}

extension ModelPrice.Work {
    /// Whether anything was done.
    fileprivate var hasAnything: Bool { usage.total > 0 || images > 0 || seconds > 0 || characters > 0 }
}

extension ReservationRefusal {
    /// What the client is told.
    fileprivate func error(needing amount: Credits) -> GatewayError {
        func empty(_ what: String, _ left: Credits) -> GatewayError {
            GatewayError(
                .insufficientQuota,
                "The \(what) has $\(max(left, .zero).dollars) left, and this request needs $\(amount.dollars) at least.",
                code: "insufficient_quota"
            )
        }
        func over(_ period: String, _ budget: Credits) -> GatewayError {
            GatewayError(
                .insufficientQuota,
                "The API key's budget of $\(budget.dollars) for \(period) is used up.",
                code: "budget_exceeded"
            )
        }
        return switch self {
        case .accountIsEmpty(let left): empty("account", left)
        case .keyIsEmpty(let left): empty("API key", left)
        case .dayIsOver(let budget): over("a day (UTC)", budget)
        case .monthIsOver(let budget): over("a month (UTC)", budget)
        case .tooManyAtOnce(let limit):
            GatewayError(
                .rateLimited,
                "Only \(limit) requests of this API key may run at once.",
                code: "too_many_concurrent_requests",
                retryAfter: .seconds(1)
            )
        case .isRevoked: GatewayError(.invalidKey, "The API key has been revoked.", shouldRetry: false)
        }
    }
}

extension HTTPField.Name {
    /// What the answer cost, in US dollars.
    static let cost = HTTPField.Name("x-martlet-cost") ?? .via
    /// Which channel gave it.
    static let channel = HTTPField.Name("x-martlet-channel") ?? .via
    /// How many times a vendor was asked.
    static let attempts = HTTPField.Name("x-martlet-attempts") ?? .via
}
