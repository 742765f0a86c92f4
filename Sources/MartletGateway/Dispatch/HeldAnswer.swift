import MartletCore
import MartletUpstream

/// An answer that is held back until it is whole, while the client is kept awake.
///
/// Belongs to the thread of its request.
final class HeldAnswer: AnswerSink {
    /// What has come so far.
    private(set) var assembler = ResponseAssembler()
    private let inner: any AnswerSink
    private var end: ContinuousClock.Instant?

    init(for inner: any AnswerSink) {
        self.inner = inner
    }

    var descriptor: CInt { inner.descriptor }
    /// Behind the end the vendor has a second to end its own answer.
    var nextHeartbeat: ContinuousClock.Instant? { end ?? inner.nextHeartbeat }
    var hasContent: Bool { inner.hasContent }
    var isComplete: Bool { end != nil }

    func heartbeat() throws(ClientGone) {
        guard end == nil else { throw ClientGone() }
        try inner.heartbeat()
    }

    func take(_ events: [ChatEvent], usage: () -> TokenUsage) {
        for event in events {
            assembler.add(event)
            if case .finished = event { end = .now + .seconds(1) }
        }
    }

    func pass(_ bytes: [UInt8], meaning events: [ChatEvent]) throws(ClientGone) {
        try inner.pass(bytes, meaning: events)
    }

    func beginAttempt(_ request: ChatRequest?) {
        assembler = ResponseAssembler()
        inner.beginAttempt(request)
    }

    func fail(_ error: GatewayError) throws(ClientGone) { try inner.fail(error) }
}
