/// One event of an event stream.
///
/// Source: WHATWG HTML, section 9.2, server-sent events.
public struct ServerSentEvent: Sendable, Equatable {
    /// The field `event`, nil where the event has none or an empty one.
    public var name: String?

    /// The fields `data`, joined with line feeds.
    public var data: [UInt8]

    /// The field `id` of this event; it does not last for the events after it.
    public var id: String?

    /// The field `retry`, in milliseconds.
    public var retry: Int?

    /// - Parameters:
    ///   - name: the field `event`.
    ///   - data: the fields `data`, joined with line feeds.
    ///   - id: the field `id`.
    ///   - retry: the field `retry`, in milliseconds.
    public init(name: String? = nil, data: [UInt8], id: String? = nil, retry: Int? = nil) {
        self.name = name
        self.data = data
        self.id = id
        self.retry = retry
    }
}
