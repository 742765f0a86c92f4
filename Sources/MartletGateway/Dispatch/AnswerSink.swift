import HTTPTypes
import MartletCore
import MartletProviders
import MartletUpstream
import MartletWeb

/// The client's side of one answer: takes events, writes them in the client's dialect, keeps the client awake.
///
/// Belongs to the thread of its request.
protocol AnswerSink: ClientLink {
    /// Whether a part of the answer itself has gone out: the commit point, after which nothing is retried.
    var hasContent: Bool { get }

    /// Whether the answer is complete.
    var isComplete: Bool { get }

    /// Writes what happened. The end of the answer is written with it.
    func take(_ events: [ChatEvent], usage: () -> TokenUsage) throws(ClientGone)

    /// Writes an error into an answer that has begun; does nothing in one that has not.
    func fail(_ error: GatewayError) throws(ClientGone)
}

/// An answer that goes out piece by piece, with heartbeats while the vendor is silent.
final class StreamedAnswer: AnswerSink {
    private static let patienceAfterEnd = Duration.seconds(1)
    private(set) var hasContent = false
    private(set) var isComplete = false
    private let writer: any ResponseWriter
    private let context: RequestContext
    private let heartbeatInterval: Duration
    private var encoder: any ChatEncoder
    private var lastWrite: ContinuousClock.Instant

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
        encoder = surface.streamEncoder(for: request)
    }

    var descriptor: CInt { context.clientDescriptor }
    var nextHeartbeat: ContinuousClock.Instant? {
        lastWrite + (isComplete ? Self.patienceAfterEnd : heartbeatInterval)
    }

    func heartbeat() throws(ClientGone) {
        // The answer is out. A vendor that does not end its own costs a warm connection, not the client's time.
        guard !isComplete else { throw ClientGone() }
        var bytes: [UInt8] = []
        encoder.heartbeat(into: &bytes)
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
        if !bytes.isEmpty { try send(bytes) }
    }

    func fail(_ error: GatewayError) throws(ClientGone) {
        guard writer.isCommitted, !isComplete else { return }
        isComplete = true
        var bytes: [UInt8] = []
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

/// An answer that goes out whole.
final class WholeAnswer: AnswerSink {
    /// Nothing before the end; behind it nobody waits for the vendor, because the answer goes out with the return.
    private(set) var nextHeartbeat: ContinuousClock.Instant?
    private(set) var isComplete = false
    private let writer: any ResponseWriter
    private let surface: any Surface
    private let request: ChatRequest
    private let context: RequestContext
    private var assembler = ResponseAssembler()

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

    func heartbeat() throws(ClientGone) { throw ClientGone() }

    func take(_ events: [ChatEvent], usage: () -> TokenUsage) throws(ClientGone) {
        for event in events {
            assembler.add(event)
            guard case .finished = event else { continue }
            isComplete = true
            nextHeartbeat = .now
            try writer.send(surface.encode(assembler.response(usage: usage()), to: request))
        }
    }

    func fail(_ error: GatewayError) {}
}

extension HTTPField.Name {
    static let accelBuffering = HTTPField.Name("x-accel-buffering") ?? .cacheControl
}
