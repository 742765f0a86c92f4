import HTTPTypes
import MartletCore
public import MartletProviders
public import MartletUpstream
import Synchronization

/// A vendor that says what a test wants.
public final class ScriptedUpstream: Upstream {
    /// What happens at one request.
    public enum Step: Sendable {
        /// The head.
        case head(Int, contentType: String)
        /// A piece of the body.
        case body(String)
        /// The client's heartbeat falls due.
        case heartbeat
        /// The vendor fails.
        case failure(UpstreamFailure)
        /// The client leaves.
        case clientLeaves
    }

    private let answers: Mutex<[[Step]]>
    private let requests = Mutex<[UpstreamRequest]>([])

    /// - Parameter answers: one list of steps for each request, in order; the last one serves for all that follow.
    public init(_ answers: [[Step]]) {
        self.answers = Mutex(answers)
    }

    /// What was asked.
    public var received: [UpstreamRequest] { requests.withLock { $0 } }

    /// Plays the next list of steps.
    ///
    /// - Throws: what the steps say, and what `receive` throws.
    public func send(
        _ request: UpstreamRequest,
        limits: UpstreamLimits,
        watching client: any ClientLink,
        receive: (UpstreamPiece) throws -> Void
    ) throws {
        requests.withLock { $0.append(request) }
        let steps = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
        for step in steps {
            switch step {
            case .head(let status, let type): try receive(.head(status: status, fields: [.contentType: type]))
            case .body(let text): try receive(.body(Array(text.utf8)))
            case .heartbeat: if client.nextHeartbeat != nil { try client.heartbeat() }
            case .failure(let failure): throw failure
            case .clientLeaves: throw ClientGone()
            }
        }
    }
}
