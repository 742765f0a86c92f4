import MartletCore
import MartletUpstream

/// An answer that is kept, before the client learns of its end: who reads the end may ask for it at once.
///
/// Belongs to the thread of its request.
final class KeptAnswer: AnswerSink {
    private let inner: any AnswerSink
    private let keep: (ChatResponse) -> Void
    private var assembler = ResponseAssembler()

    init(around inner: any AnswerSink, keep: @escaping (ChatResponse) -> Void) {
        self.inner = inner
        self.keep = keep
    }

    var descriptor: CInt { inner.descriptor }
    var nextHeartbeat: ContinuousClock.Instant? { inner.nextHeartbeat }
    var hasContent: Bool { inner.hasContent }
    var isComplete: Bool { inner.isComplete }

    func heartbeat() throws(ClientGone) { try inner.heartbeat() }

    func take(_ events: [ChatEvent], usage: () -> TokenUsage) throws(ClientGone) {
        for event in events {
            assembler.add(event)
            if case .finished = event { keep(assembler.response(usage: usage())) }
        }
        try inner.take(events, usage: usage)
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
