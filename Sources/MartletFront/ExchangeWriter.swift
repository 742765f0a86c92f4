import FastCGI
import HTTPTypes
import MartletCore
import MartletWeb

/// Writes an answer as CGI: a head of lines, an empty line, the body.
///
/// Source: RFC 3875, section 6.
final class ExchangeWriter: ResponseWriter {
    private let exchange: Exchange
    private let context: RequestContext
    private let isHead: Bool
    private(set) var isCommitted = false

    init(_ exchange: Exchange, context: RequestContext) {
        self.exchange = exchange
        self.context = context
        isHead = exchange.parameters["REQUEST_METHOD"] == "HEAD"
    }

    func begin(_ head: HTTPResponse) throws(ClientGone) {
        isCommitted = true
        // A web server sends first and listens afterwards: what is left of the body must be taken in.
        _ = try? exchange.input.read(limit: 0)
        var text = "Status: \(head.status.code) \(head.status.reasonPhrase)\r\n"
        for field in head.headerFields { Self.append(field, to: &text) }
        for field in context.responseFields where head.headerFields[field.name] == nil {
            Self.append(field, to: &text)
        }
        try send(Array((text + "\r\n").utf8))
    }

    func write(_ bytes: [UInt8]) throws(ClientGone) {
        if !isHead { try send(bytes) }
    }

    func flush() throws(ClientGone) {
        do {
            try exchange.output.flush()
        } catch {
            throw ClientGone()
        }
    }

    private func send(_ bytes: [UInt8]) throws(ClientGone) {
        do {
            try exchange.output.write(bytes)
        } catch {
            throw ClientGone()
        }
    }

    /// The field types refuse line breaks, so a value cannot begin a line of its own.
    private static func append(_ field: HTTPField, to text: inout String) {
        text += field.name.rawName
        text += ": "
        text += field.value
        text += "\r\n"
    }
}
