public import Curl
import HTTPTypes
import MartletCore
public import MartletProviders

/// Sends requests to vendors with libcurl.
public struct CurlUpstream: Upstream {
    private let sessions: SessionPool
    private let tls: TLSOptions

    /// - Parameters:
    ///   - sessions: lends warm connections.
    ///   - authorityFile: a PEM file of authorities to trust instead of the system's; nil for the system's.
    public init(sessions: SessionPool, authorityFile: String? = nil) {
        self.sessions = sessions
        tls = TLSOptions(authorityFile: authorityFile)
    }

    /// Sends on a session of the pool; see the protocol.
    public func send(
        _ request: UpstreamRequest,
        limits: UpstreamLimits,
        watching client: any ClientLink,
        receive: (UpstreamPiece) throws -> Void
    ) throws {
        let transfer = transfer(for: request, limits)
        do {
            try sessions.run(
                transfer,
                watching: client.descriptor,
                wakingAt: { client.nextHeartbeat },
                onWake: { try client.heartbeat() },
                deliver: { piece in
                    switch piece {
                    case .head(let status, let fields): try receive(.head(status: status, fields: fields))
                    case .body(let bytes): try receive(.body(bytes))
                    }
                }
            )
        } catch is TransferInterruption {
            throw ClientGone()
        } catch let error as TransferError {
            throw Self.failure(error)
        }
    }

    /// Not inlined: a stream waits in the frame of who calls.
    @inline(never)
    private func transfer(for request: UpstreamRequest, _ limits: UpstreamLimits) -> Transfer {
        var transfer = Transfer(
            method: request.method,
            url: request.url,
            fields: request.fields,
            body: request.body
        )
        if !request.pieces.isEmpty { transfer.upload = Upload(of: request.pieces) }
        transfer.limits = TimeLimits(
            connect: limits.connect,
            firstByte: limits.firstByte,
            idle: limits.idle,
            total: limits.total
        )
        transfer.tls = tls
        transfer.proxy = request.proxy
        return transfer
    }

    /// Closes connections that have been idle for too long.
    ///
    /// For the housekeeper.
    public func trim() {
        sessions.trim()
    }

    private static func failure(_ error: TransferError) -> UpstreamFailure {
        var failure = meaning(of: error)
        switch error {
        case .resolve, .connect: failure.isUnsent = true
        default: break
        }
        return failure
    }

    private static func timeout(_ wait: UpstreamFailure.Wait, _ error: TransferError) -> UpstreamFailure {
        var failure = UpstreamFailure(.timedOut, detail: "\(error)")
        failure.wait = wait
        return failure
    }

    private static func meaning(of error: TransferError) -> UpstreamFailure {
        switch error {
        case .connectTimeout, .firstByteTimeout: timeout(.firstByte, error)
        case .idleTimeout: timeout(.idle, error)
        case .totalTimeout: timeout(.total, error)
        case .invalidRequest, .resolve, .connect, .addressRefused, .tls, .cut, .other:
            UpstreamFailure(.connectionFailed, detail: "\(error)")
        case .tooLarge, .malformed:
            UpstreamFailure(.serverFailed, detail: "\(error)")
        }
    }
}
