public import HTTPTypes
public import Logging
public import MartletCore

/// What the parts of the pipeline tell each other about one request.
///
/// Belongs to the thread that carries the request, from accept to finish.
public final class RequestContext {
    /// Names the request in the answer, in the log and in error texts.
    public internal(set) var id: RequestID
    /// When the request arrived.
    public let arrived: ContinuousClock.Instant
    /// Where decisions are logged.
    public let logger: Logger
    private let descriptor: () -> CInt
    private var remaining: [() -> Void] = []
    /// Tells when the process leaves.
    public let drain: DrainSignal
    /// What every answer to this request carries, whatever its kind.
    public var responseFields: HTTPFields = [:]
    /// What the log line says about the request, beside what it always says.
    public var facts = RequestFacts()

    /// Makes the context of a request that arrives now.
    ///
    /// - Parameters:
    ///   - id: names it until the client's own id is known.
    ///   - logger: where decisions are logged.
    ///   - drain: tells when the process leaves.
    ///   - clientDescriptor: see the property; asked each time.
    public init(
        id: RequestID = RequestID(),
        logger: Logger,
        drain: DrainSignal = DrainSignal(),
        clientDescriptor: @escaping () -> CInt = { -1 }
    ) {
        self.drain = drain
        self.id = id
        self.logger = logger
        descriptor = clientDescriptor
        arrived = .now
    }

    /// The descriptor that becomes readable when the client leaves; −1 where there is none, and before the body has
    /// been read to its end.
    public var clientDescriptor: CInt { descriptor() }

    /// Has something done when the client has its whole answer, and need not wait for it.
    public func afterAnswer(_ action: @escaping () -> Void) {
        remaining.append(action)
    }

    /// Does what was left for after the answer; for whoever has sent it, once.
    public func doWhatRemains() {
        defer { remaining = [] }
        for action in remaining { action() }
    }
}

/// What the log line of a request may say: no prompt, no answer, no key.
public struct RequestFacts: Sendable {
    /// The first characters of the key's hash: enough to tell callers apart, nothing to log in with.
    public var caller: String?
    /// The model that was used.
    public var model: String?
    /// Which vendor was asked.
    public var target: String?
    /// How many times a vendor was asked.
    public var attempts = 0
    /// Whether the client wants the answer piece by piece.
    public var isStreamed = false
    /// What the answer took.
    public var usage: TokenUsage?
    /// From the arrival to the first byte of the answer.
    public var firstByte: Duration?
    /// How it ended; set by whoever knows first.
    public var label: ErrorLabel?
    /// What went wrong, in words for the operator.
    public var detail: String?

    /// Nothing known yet.
    public init() {}
}
