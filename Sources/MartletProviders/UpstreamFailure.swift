public import MartletCore

/// How a vendor refused or failed, in words that all vendors share.
public struct UpstreamFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a gateway can do about it.
    public enum Kind: Sendable, Equatable {
        /// The key is refused.
        case keyRefused
        /// The account has no credit left.
        case creditExhausted
        /// The model is unknown, disabled or not for this use.
        case modelRefused
        /// The request is at fault; another vendor would say the same.
        case requestRefused
        /// Too much in a short time.
        case rateLimited
        /// The vendor failed, or answered what nobody can read.
        case serverFailed
        /// The vendor took too long.
        case timedOut
        /// There was no connection, or it broke.
        case connectionFailed
    }

    /// Which of the limits on waiting was reached.
    public enum Wait: Sendable, Equatable {
        /// That for the answer's head, a connection included.
        case firstByte
        /// That for the next piece.
        case idle
        /// That for everything.
        case total
    }

    /// What a gateway can do about it.
    public var kind: Kind
    /// What was waited for, where the vendor took too long; nil when the vendor said so itself.
    public var wait: Wait?
    /// The vendor's status, where there was an answer.
    public var status: Int?
    /// The vendor's own word for it, for example `UNSUPPORTED_MODEL`.
    public var code: String?
    /// The vendor's own sentence, already made safe to show; see `UpstreamText`.
    public var text: String?
    /// When the vendor wants to be asked again.
    public var retryAfter: Duration?
    /// Whether nothing was sent: asking again cannot do anything twice.
    public var isUnsent = false
    /// Whether the vendor is known to refuse like this when it is only busy.
    public var isTransient = false
    /// What happened, for the log only.
    public var detail: String?

    /// Makes a failure.
    public init(
        _ kind: Kind,
        status: Int? = nil,
        code: String? = nil,
        text: String? = nil,
        retryAfter: Duration? = nil,
        detail: String? = nil
    ) {
        self.kind = kind
        self.status = status
        self.code = code
        self.text = text
        self.retryAfter = retryAfter
        self.detail = detail
    }

    /// What the log says.
    public var description: String {
        let facts = [status.map { "status \($0)" }, code, text, detail].compactMap { $0 }
        return (["\(kind)"] + facts).joined(separator: ", ")
    }

    /// What the client is told.
    ///
    /// - Parameter vendor: the vendor's name as people know it, for example `1min.ai`.
    /// - Returns: an error without the vendor's inner words.
    public func gatewayError(from vendor: String) -> GatewayError {
        let said = [code, text].compactMap { $0 }.joined(separator: ": ")
        let ending = said.isEmpty ? "." : ": \(said)"
        var error =
            switch kind {
            case .keyRefused:
                GatewayError(.invalidKey, "\(vendor) refuses the API key\(ending)", shouldRetry: false)
            case .creditExhausted:
                GatewayError(
                    .insufficientQuota,
                    "The account at \(vendor) has no credit left\(ending)",
                    shouldRetry: false
                )
            case .modelRefused:
                GatewayError(.modelNotFound, "\(vendor) refuses the model\(ending)", parameter: "model")
            case .requestRefused:
                GatewayError(.invalidRequest, "\(vendor) refuses the request\(ending)", code: code)
            case .rateLimited:
                GatewayError(
                    .rateLimited,
                    "\(vendor) asks for a slower pace\(ending)",
                    retryAfter: retryAfter
                )
            case .serverFailed:
                GatewayError(.upstreamFailure, "\(vendor) failed\(ending)", retryAfter: retryAfter)
            case .timedOut:
                GatewayError(.upstreamTimeout, "\(vendor) took too long to answer.")
            case .connectionFailed:
                GatewayError(.upstreamFailure, "The connection to \(vendor) failed.")
            }
        error.detail = description
        switch wait {
        case .firstByte?: error.outcome = .firstByteTimeout
        case .idle?: error.outcome = .idleTimeout
        case .total?, nil: break
        }
        return error
    }
}
