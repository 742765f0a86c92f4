import Curl
import HTTPTypes
import MartletCore

/// Fetches files whose addresses clients name.
///
/// It never shares a connection with anything else, uses no proxy, sends no secret, and follows redirects itself: each
/// address is checked as if the client had named it. Safe from any thread.
public struct GuardedFetcher: Sendable {
    /// What a fetch may do and cost.
    public struct Rules: Sendable, Equatable {
        /// Networks that may be reached although they are not public; see `DestinationGuard`.
        public var allowedNetworks: [NetworkRange] = []
        /// Whether `http:` addresses are fetched.
        public var permitsPlainHTTP = false
        /// The largest file, in bytes.
        public var sizeLimit = 20 << 20
        /// For one file, redirects included.
        public var timeLimit = Duration.seconds(30)
        /// What servers are told; some send nothing to those who say nothing.
        public var userAgent = "Mozilla/5.0 (compatible; Martlet)"

        /// The defaults.
        public init() {}
    }

    private static let mostRedirects = 3
    private let rules: Rules
    private let destinations: DestinationGuard
    private let sessions: SessionPool
    private let authorityFile: String?

    /// - Parameters:
    ///   - rules: what a fetch may do.
    ///   - authorityFile: a PEM file of authorities to trust instead of the system's; nil for the system's.
    public init(_ rules: Rules, authorityFile: String? = nil) {
        self.rules = rules
        self.authorityFile = authorityFile
        destinations = DestinationGuard(allowing: rules.allowedNetworks)
        sessions = SessionPool(maximumIdleCount: 16)
    }

    /// Fetches a file into memory.
    ///
    /// - Parameters:
    ///   - address: as the client names it.
    ///   - client: who waits; watched all the while.
    /// - Returns: the file's bytes.
    /// - Throws: `FetchFailure`; `ClientGone` when the client leaves.
    public func fetch(_ address: String, watching client: any ClientLink) throws -> [UInt8] {
        let deadline = ContinuousClock.now + rules.timeLimit
        guard var current = WebAddress(address) else { throw FetchFailure.malformed }
        for _ in 0...Self.mostRedirects {
            guard current.scheme == "https" || rules.permitsPlainHTTP else { throw FetchFailure.plainHTTP }
            let remaining = deadline - .now
            guard remaining > .zero else { throw FetchFailure.timedOut }
            let answer = try ask(current, within: remaining, watching: client)
            switch answer.status {
            case 200: return answer.body
            case 301, 302, 303, 307, 308: current = try Self.next(after: current, to: answer.location)
            default: throw FetchFailure.status(answer.status)
            }
        }
        throw FetchFailure.redirect
    }

    /// Closes connections that have been idle for too long; for the housekeeper.
    public func trim() {
        sessions.trim()
    }

    /// Where a redirect leads, if it may.
    ///
    /// - Throws: `FetchFailure.redirect`.
    static func next(after current: WebAddress, to location: String?) throws(FetchFailure) -> WebAddress {
        guard let location, let next = WebAddress(location, relativeTo: current.text) else { throw .redirect }
        guard next.scheme == "https" || current.scheme == "http" else { throw .redirect }
        return next
    }

    private struct Answer {
        var status = 0
        var location: String?
        var body: [UInt8] = []
    }

    private func ask(
        _ address: WebAddress,
        within time: Duration,
        watching client: any ClientLink
    ) throws -> Answer {
        var transfer = Transfer(
            method: .get,
            url: address.text,
            fields: [.userAgent: rules.userAgent, .accept: "*/*"]
        )
        transfer.limits = TimeLimits(
            connect: min(time, .seconds(5)),
            firstByte: time,
            idle: time,
            total: time
        )
        transfer.maximumBodySize = rules.sizeLimit
        transfer.permits = destinations.permits
        transfer.tls = TLSOptions(authorityFile: authorityFile)
        var answer = Answer()
        do {
            try sessions.run(
                transfer,
                watching: client.descriptor,
                wakingAt: { client.nextHeartbeat },
                onWake: { try client.heartbeat() },
                deliver: { piece in
                    switch piece {
                    case .head(let status, let fields):
                        (answer.status, answer.location) = (status, fields[.location])
                    case .body(let bytes):
                        // The text that comes with an error or a redirect is nobody's business.
                        if answer.status == 200 { answer.body += bytes }
                    }
                }
            )
        } catch is TransferInterruption {
            throw ClientGone()
        } catch let error as TransferError {
            throw Self.failure(error)
        }
        return answer
    }

    private static func failure(_ error: TransferError) -> FetchFailure {
        switch error {
        case .invalidRequest: .malformed
        case .addressRefused: .destinationRefused
        case .connectTimeout, .firstByteTimeout, .idleTimeout, .totalTimeout: .timedOut
        case .tooLarge: .tooLarge
        case .resolve, .connect, .tls, .cut, .malformed, .other: .unreachable
        }
    }
}
