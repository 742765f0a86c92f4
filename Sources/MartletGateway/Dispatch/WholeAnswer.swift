import HTTPTypes
import MartletCore
import MartletProviders
import MartletUpstream
import MartletWeb

/// An answer that goes out whole.
final class WholeAnswer: AnswerSink {
    /// Nothing is said before the end, but a look is taken whether the process leaves; behind the end nobody waits for the
    /// vendor, because the answer goes out with the return.
    private(set) var nextHeartbeat: ContinuousClock.Instant? = .now + WholeAnswer.lookingInterval
    private static let lookingInterval = Duration.seconds(5)
    private(set) var isComplete = false
    private let writer: any ResponseWriter
    private let surface: any Surface
    private var request: ChatRequest
    private let context: RequestContext
    private var assembler = ResponseAssembler()
    private var passed: [UInt8] = []

    init(
        to request: ChatRequest,
        in surface: any Surface,
        context: RequestContext,
        writer: any ResponseWriter
    ) {
        self.context = context
        self.request = request
        self.surface = surface
        self.writer = writer
    }

    var descriptor: CInt { context.clientDescriptor }

    /// Nothing has gone out before all has, but what has come in cannot be taken back for another try.
    var hasContent: Bool { assembler.hasContent }

    func heartbeat() throws(ClientGone) {
        guard !isComplete else { throw ClientGone() }
        nextHeartbeat = .now + Self.lookingInterval
        if let deadline = context.drain.deadline {
            nextHeartbeat = min(deadline, .now + Self.lookingInterval)
        }
        guard context.drain.isOver else { return }
        context.facts.label = .drained
        try writer.send(surface.encode(.leaving, request: context.id), status: .serviceUnavailable)
        throw ClientGone()
    }

    func take(_ events: [ChatEvent], usage: () -> TokenUsage) throws(ClientGone) {
        for event in events {
            assembler.add(event)
            guard case .finished = event else { continue }
            isComplete = true
            nextHeartbeat = .now
            try writer.send(surface.encode(assembler.response(usage: usage()), to: request))
        }
    }

    /// Gathers the bytes, which go out with the end: until then another vendor can be asked.
    func pass(_ bytes: [UInt8], meaning events: [ChatEvent]) throws(ClientGone) {
        passed += bytes
        for event in events {
            guard case .finished = event else { continue }
            isComplete = true
            nextHeartbeat = .now
            try writer.send(passed)
        }
    }

    func beginAttempt(_ request: ChatRequest?) {
        passed = []
        assembler = ResponseAssembler()
        if let request { self.request = request }
    }

    func fail(_ error: GatewayError) {}
}
