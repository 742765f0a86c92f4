import HTTPTypes
import Logging
import MartletCore

/// Writes one line per request: who, what, how long, how it ended.
///
/// No prompt, no answer, no key.
public struct RequestLog: Middleware {
    /// Makes the middleware.
    public init() {}

    /// Calls on, then writes the line, whatever happened.
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
            context.facts.label = .clientGone
        }
        write(request, context, status: recorder.status)
    }

    private func write(_ request: Request, _ context: RequestContext, status: Int?) {
        let facts = context.facts
        let label = facts.label ?? .completed
        var fields: Logger.Metadata = [
            "request": .string(context.id.text),
            "method": .string(request.method.rawValue),
            // The query may carry what people should not put there.
            "path": .string(request.path),
            "status": .stringConvertible(label == .clientGone ? 499 : status ?? 0),
            "label": .string(label.rawValue),
            "client": .string(request.clientAddress),
            "total_ms": .stringConvertible(Milliseconds(ContinuousClock.now - context.arrived)),
        ]
        if let caller = facts.caller { fields["caller"] = .string(caller) }
        if let model = facts.model { fields["model"] = .string(model) }
        if let target = facts.target { fields["target"] = .string(target) }
        if facts.attempts > 0 { fields["attempts"] = .stringConvertible(facts.attempts) }
        if let first = facts.firstByte { fields["first_byte_ms"] = .stringConvertible(Milliseconds(first)) }
        if let usage = facts.usage {
            fields["tokens_in"] = .stringConvertible(usage.input.value)
            fields["tokens_out"] = .stringConvertible(usage.output.value)
        }
        if let detail = facts.detail { fields["detail"] = .string(detail) }
        let level: Logger.Level = label == .internalError ? .error : .info
        context.logger.log(level: level, "request", metadata: fields)
    }
}

/// A duration as the log shows it: milliseconds with three digits behind the point.
private struct Milliseconds: CustomStringConvertible {
    let description: String

    init(_ duration: Duration) {
        let microseconds = Int(duration / .microseconds(1))
        let fraction = String(microseconds % 1000)
        description = "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
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
