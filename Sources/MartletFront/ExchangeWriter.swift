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
        isHead = exchange.isHead
    }

    func begin(_ head: HTTPResponse) throws(ClientGone) {
        isCommitted = true
        // A web server sends first and listens afterwards: what is left of the body must be taken in.
        _ = try? exchange.input.read(limit: 0)
        let status = head.status
        var bytes: [UInt8] = []
        bytes.reserveCapacity(960)
        bytes.append("Status: ")
        bytes.append(decimal: status.code)
        bytes.append(" ")
        bytes.append(utf8: status.reasonPhrase)
        bytes.append("\r\n")
        for field in head.headerFields { Self.append(field, to: &bytes) }
        for field in context.responseFields where !head.headerFields.contains(field.name) {
            Self.append(field, to: &bytes)
        }
        bytes.append("\r\n")
        try send(bytes)
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
    private static func append(_ field: HTTPField, to bytes: inout [UInt8]) {
        bytes.append(utf8: field.name.rawName)
        bytes.append(": ")
        bytes.append(utf8: field.value)
        bytes.append("\r\n")
    }
}
