import HTTPTypes
import MartletCore
import MartletProviders
import MartletUpstream
import MartletWeb

/// An answer that goes out as it comes, whatever it is: JSON, sound, a picture.
///
/// Belongs to the thread of its request.
final class ForwardedAnswer: AnswerSink {
    private(set) var hasContent = false
    private(set) var isComplete = false
    /// Nothing to say while the vendor works: the answer may be of any form.
    let nextHeartbeat: ContinuousClock.Instant? = nil
    private let writer: any ResponseWriter
    private let context: RequestContext
    private var contentType: String?

    init(context: RequestContext, writer: any ResponseWriter) {
        self.context = context
        self.writer = writer
    }

    var descriptor: CInt { context.clientDescriptor }

    func heartbeat() {}

    func take(_ events: [ChatEvent], usage: () -> TokenUsage) {}

    func passHead(contentType: String?) { self.contentType = contentType }

    func pass(_ bytes: [UInt8], meaning events: [ChatEvent]) throws(ClientGone) {
        for event in events { if case .finished = event { isComplete = true } }
        if !bytes.isEmpty || isComplete, !writer.isCommitted {
            var head = HTTPResponse(status: .ok)
            head.headerFields[.contentType] = contentType ?? "application/octet-stream"
            if contentType?.hasPrefix("text/event-stream") == true {
                head.headerFields[.cacheControl] = "no-cache, no-transform"
                head.headerFields[.accelBuffering] = "no"
            }
            try writer.begin(head)
        }
        guard !bytes.isEmpty else { return }
        hasContent = true
        try writer.write(bytes)
        try writer.flush()
    }

    func beginAttempt(_ request: ChatRequest?) {}

    /// There is no form for an error in the middle of anything: the connection ends early.
    func fail(_ error: GatewayError) {}
}
