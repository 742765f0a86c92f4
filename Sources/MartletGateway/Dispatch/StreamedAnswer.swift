import HTTPTypes
import MartletCore
import MartletProviders
import MartletUpstream
import MartletWeb

/// An answer that goes out piece by piece, with heartbeats while the vendor is silent.
final class StreamedAnswer: AnswerSink {
    /// So much of an opening is held back; a longer one goes out, and with it the choice of the vendor.
    private static let longestOpening = 65_536
    private static let patienceAfterEnd = Duration.seconds(1)
    private(set) var hasContent = false
    private(set) var isComplete = false
    private let surface: any Surface
    private let writer: any ResponseWriter
    private let context: RequestContext
    private let heartbeatInterval: Duration
    private var encoder: any ChatEncoder
    private var lastWrite: ContinuousClock.Instant
    /// What came before the first content.
    private var held: [UInt8] = []
    /// Whether the bytes of a vendor go out as they are.
    private var isPassing = false
    private var endsInsideLine = false

    init(
        to request: ChatRequest,
        in surface: any Surface,
        context: RequestContext,
        writer: any ResponseWriter,
        heartbeat: Duration
    ) {
        self.context = context
        // Not the arrival: the body may have taken its time.
        lastWrite = .now
        self.writer = writer
        heartbeatInterval = heartbeat
        self.surface = surface
        encoder = surface.streamEncoder(for: request)
    }

    var descriptor: CInt { context.clientDescriptor }
    var nextHeartbeat: ContinuousClock.Instant? {
        let next = lastWrite + (isComplete ? Self.patienceAfterEnd : heartbeatInterval)
        return context.drain.deadline.map { min($0, next) } ?? next
    }

    func heartbeat() throws(ClientGone) {
        // The answer is out. A vendor that does not end its own costs a warm connection, not the client's time.
        guard !isComplete else { throw ClientGone() }
        if context.drain.isOver {
            try fail(.leaving)
            context.facts.label = .drained
            throw ClientGone()
        }
        var bytes: [UInt8] = []
        if isPassing {
            // Not inside an event of the vendor's; the write is still what tells whether the client is there.
            guard !endsInsideLine else { return lastWrite = .now }
            EventWriter.comment("waiting", into: &bytes)
        } else {
            encoder.heartbeat(into: &bytes)
        }
        try send(bytes)
    }

    func take(_ events: [ChatEvent], usage: () -> TokenUsage) throws(ClientGone) {
        var bytes: [UInt8] = []
        for event in events {
            encoder.encode(event, into: &bytes)
            if event.isContent { hasContent = true }
            if case .finished = event {
                isComplete = true
                encoder.finish(usage: usage(), into: &bytes)
            }
        }
        // What opens an answer waits for its first content: until then another vendor can be asked.
        held += bytes
        guard hasContent, !held.isEmpty else { return }
        let opening = held
        held = []
        try send(opening)
    }

    func pass(_ bytes: [UInt8], meaning events: [ChatEvent]) throws(ClientGone) {
        for event in events {
            if event.isContent { hasContent = true }
            if case .finished = event { isComplete = true }
        }
        held += bytes
        if held.count > Self.longestOpening { hasContent = true }
        guard hasContent, !held.isEmpty else { return }
        endsInsideLine = held.last != UInt8(ascii: "\n")
        let opening = held
        held = []
        try send(opening)
    }

    func beginAttempt(_ request: ChatRequest?) {
        held = []
        isPassing = request == nil
        if let request { encoder = surface.streamEncoder(for: request) }
    }

    func fail(_ error: GatewayError) throws(ClientGone) {
        guard writer.isCommitted, !isComplete else { return }
        isComplete = true
        // Behind half an event of the vendor's a blank line makes room.
        var bytes: [UInt8] = endsInsideLine ? [UInt8(ascii: "\n"), UInt8(ascii: "\n")] : []
        encoder.fail(error, request: context.id, into: &bytes)
        try send(bytes)
    }

    private func send(_ bytes: [UInt8]) throws(ClientGone) {
        if !writer.isCommitted {
            var head = HTTPResponse(status: .ok)
            head.headerFields[.contentType] = "text/event-stream; charset=utf-8"
            head.headerFields[.cacheControl] = "no-cache, no-transform"
            // For nginx; lighttpd and Apache are told by their own settings.
            head.headerFields[.accelBuffering] = "no"
            try writer.begin(head)
        }
        try writer.write(bytes)
        try writer.flush()
        lastWrite = .now
    }
}

extension HTTPField.Name {
    static let accelBuffering = HTTPField.Name("x-accel-buffering") ?? .cacheControl
}

extension GatewayError {
    /// The process leaves, and the answer with it.
    static let leaving = GatewayError(
        .unavailable,
        "The gateway is being restarted; ask again.",
        code: "restarting",
        retryAfter: .seconds(1)
    )
}
