import HTTPTypes
public import MartletProviders

/// Waits for whole answers, on the thread of a request, while its client waits too.
///
/// All calls of one request share one deadline, so that the web server's time limit is never the one that speaks.
public struct WholeAnswers: UpstreamCaller {
    private let upstream: any Upstream
    private let limits: UpstreamLimits
    private let proxy: String?
    private let client: any ClientLink
    private let deadline: ContinuousClock.Instant

    /// - Parameters:
    ///   - upstream: sends the requests.
    ///   - limits: for each call; `total` counts from now for all of them together.
    ///   - proxy: the way of requests that name none; nil for a direct connection.
    ///   - client: watched all the while.
    public init(
        through upstream: any Upstream,
        limits: UpstreamLimits,
        by proxy: String? = nil,
        watching client: any ClientLink
    ) {
        self.upstream = upstream
        self.limits = limits
        self.proxy = proxy
        self.client = client
        deadline = .now + limits.total
    }

    /// What is left of the limits at this moment.
    ///
    /// - Throws: `UpstreamFailure` of kind `timedOut` when nothing is left.
    public func remainingLimits() throws -> UpstreamLimits {
        var limits = limits
        limits.total = deadline - .now
        guard limits.total > .zero else { throw UpstreamFailure(.timedOut, detail: "no time left") }
        return limits
    }

    /// Sends a request and gathers its answer; see the protocol.
    public func call(_ request: UpstreamRequest, limit: Int) throws -> UpstreamAnswer {
        var answer: UpstreamAnswer?
        var request = request
        request.proxy = request.proxy ?? proxy
        try upstream.send(request, limits: remainingLimits(), watching: client) { piece in
            switch piece {
            case .head(let status, let fields):
                answer = UpstreamAnswer(status: status, fields: fields)
            case .body(let bytes):
                let size = answer?.body.count ?? 0
                guard bytes.count <= limit - size else {
                    throw UpstreamFailure(.serverFailed, text: "The answer is too long.")
                }
                answer?.body += bytes
            }
        }
        guard let answer else { throw UpstreamFailure(.connectionFailed) }
        return answer
    }
}

/// A client that is only watched and hears nothing before its answer is there.
public final class SilentClient: ClientLink {
    private let watched: () -> CInt
    /// Never.
    public let nextHeartbeat: ContinuousClock.Instant? = nil

    /// - Parameter descriptor: becomes readable when the client leaves; asked each time.
    public init(descriptor: @escaping () -> CInt) {
        watched = descriptor
    }

    /// Becomes readable when the client leaves; −1 where nothing can be watched.
    public var descriptor: CInt { watched() }

    /// Does nothing.
    public func heartbeat() {}
}
