public import HTTPTypes

/// A part of an answer, in the order of its arrival: one head, then any number of body pieces.
public enum Piece: Sendable, Equatable {
    /// The status and the fields of the final answer; informational answers (1xx) are not shown.
    case head(status: Int, fields: HTTPFields)
    /// The body's bytes since the last piece, never empty, without the chunked framing.
    case body([UInt8])
}
