import HTTPTypes
public import MartletCore

/// Records one line per request: who, what, how long, how it ended.
///
/// No prompt, no answer, no key.
public struct RequestLog: Middleware {
    private let record: @Sendable (RequestRecord) -> Void

    /// - Parameter record: takes the account of each request, on the request's thread.
    public init(record: @escaping @Sendable (RequestRecord) -> Void) {
        self.record = record
    }

    /// Calls on, then records what happened, whatever it was.
    ///
    /// `ClientGone` ends here: there is nobody to tell.
    public func respond(
        to request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter,
        next: Handler
    ) throws {
        let recorder = StatusRecorder(writer, context: context)
        do {
            try next(request, context, recorder)
        } catch is ClientGone {
            if context.facts.label == nil { context.facts.label = .clientGone }
        }
        report(request, in: context, status: recorder.status)
    }

    /// Not inlined: a stream waits in the frame of who calls, and what this needs there would be memory of every stream.
    @inline(never)
    private func report(_ request: Request, in context: RequestContext, status: Int?) {
        let isGone = context.facts.label == .clientGone
        record(
            RequestRecord(
                id: context.id,
                method: request.method.rawValue,
                path: request.path,
                client: request.clientAddress,
                status: isGone ? 499 : status ?? 0,
                duration: ContinuousClock.now - context.arrived,
                facts: context.facts
            )
        )
    }
}

/// The account of one request.
public struct RequestRecord: Sendable {
    /// The request's id.
    public let id: RequestID
    /// The method.
    public let method: String
    /// The path, without the query: that may carry what people should not put there.
    public let path: String
    /// The client's address.
    public let client: String
    /// The status of the answer; 499 when the client left before its end, 0 when there was none.
    public let status: Int
    /// From the arrival to the end.
    public let duration: Duration
    /// What the parts of the pipeline found out.
    public let facts: RequestFacts
}

/// Notes the status and the moment of the first byte on their way out.
private final class StatusRecorder: ResponseWriter {
    private let inner: any ResponseWriter
    private let context: RequestContext
    private(set) var status: Int?

    init(_ inner: any ResponseWriter, context: RequestContext) {
        self.inner = inner
        self.context = context
    }

    var isCommitted: Bool { inner.isCommitted }

    func begin(_ head: HTTPResponse) throws(ClientGone) {
        status = head.status.code
        context.facts.firstByte = ContinuousClock.now - context.arrived
        try inner.begin(head)
    }

    func write(_ bytes: [UInt8]) throws(ClientGone) { try inner.write(bytes) }
    func flush() throws(ClientGone) { try inner.flush() }
}
