public import MartletCore

/// A client's dialect of chat: how it asks, and how it wants to be answered.
///
/// Bytes only, no I/O.
public protocol Surface: Sendable {
    /// Its name.
    var dialect: Dialect { get }

    /// Reads the little of a request that decides where it goes.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    func outline(_ body: JSON) throws(GatewayError) -> CallOutline

    /// Reads a request.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    func decode(_ body: JSON) throws(GatewayError) -> ChatRequest

    /// Writes a whole answer.
    func encode(_ response: ChatResponse, to request: ChatRequest) -> [UInt8]

    /// Writes an answer piece by piece.
    func streamEncoder(for request: ChatRequest) -> any ChatEncoder

    /// Writes an error as a whole answer.
    func encode(_ error: GatewayError, request: RequestID) -> [UInt8]
}

/// Writes the events of one answer in a client's dialect.
///
/// Belongs to one thread.
public protocol ChatEncoder {
    /// Appends what `event` looks like to `bytes`.
    mutating func encode(_ event: ChatEvent, into bytes: inout [UInt8])

    /// Appends the end of the stream, with what the answer took where the client asked for it.
    mutating func finish(usage: TokenUsage, into bytes: inout [UInt8])

    /// Appends an error as the end of a stream whose head has gone out.
    mutating func fail(_ error: GatewayError, request: RequestID, into bytes: inout [UInt8])

    /// Appends what shows a waiting client that the stream lives.
    mutating func heartbeat(into bytes: inout [UInt8])
}

extension ChatEncoder {
    /// Appends a comment, which every reader of events skips.
    public mutating func heartbeat(into bytes: inout [UInt8]) {
        EventWriter.comment("waiting", into: &bytes)
    }
}
