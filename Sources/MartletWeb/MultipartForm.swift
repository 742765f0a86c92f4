import HTTPTypes
public import MartletCore

/// The parts of a `multipart/form-data` body.
///
/// ```
/// preamble ──► --boundary CRLF ──► fields CRLF CRLF ──► bytes CRLF --boundary ──► … ──► --boundary-- epilogue
/// ```
/// A part's bytes are a slice of the body: nothing is copied.
///
/// Source: RFC 7578, RFC 2046 section 5.1, and the HTML standard for names in quotes.
public struct MultipartForm: Sendable {
    /// One part.
    public struct Part: Sendable, Equatable {
        /// The name of the form's field.
        public let name: String
        /// The file's own name without folders and control characters; nil for a plain field.
        public let fileName: String?
        /// The content type as sent, in lower case and without parameters; nil when there is none.
        public let contentType: String?
        /// What the part holds, as a slice of the body.
        public let bytes: ArraySlice<UInt8>

        /// The bytes as text; nil when they are not UTF-8.
        public var text: String? { String(validating: bytes, as: UTF8.self) }
    }

    /// How much of a form is read.
    public struct Limits: Sendable, Equatable {
        /// The most parts.
        public var parts: Int
        /// The most bytes of the fields of one part.
        public var fieldBytes: Int

        /// Makes limits.
        public init(parts: Int = 256, fieldBytes: Int = 8_192) {
            self.parts = parts
            self.fieldBytes = fieldBytes
        }
    }

    /// The parts, in order; names may come more than once.
    public let parts: [Part]

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - body: the whole body.
    ///   - contentType: the request's content type with its boundary.
    ///   - limits: how much to read.
    /// - Throws: `GatewayError` of kind `unsupportedMediaType` for another content type, and `invalidRequest` with
    ///   code `invalid_multipart` that says what is wrong.
    public init(_ body: [UInt8], contentType: String?, limits: Limits = Limits()) throws(GatewayError) {
        var parser = MultipartParser(
            body: body,
            boundary: try MultipartFields.boundary(in: contentType),
            limits: limits
        )
        parts = try parser.form()
    }

    /// Reads the form of a request.
    ///
    /// `limit` is the most bytes of the whole body.
    ///
    /// - Throws: as the other initializer, `GatewayError` of kind `bodyTooLarge`, `ClientGone`.
    public init(of request: Request, limit: Int, limits: Limits = Limits()) throws {
        // Before the body is read: what cannot be a form need not be taken in.
        _ = try MultipartFields.boundary(in: request.fields[.contentType])
        let body = try request.body.read(limit: limit)
        try self.init(body, contentType: request.fields[.contentType], limits: limits)
    }

    /// The parts with a name, in order.
    public func parts(named name: String) -> [Part] { parts.filter { $0.name == name } }
}
