public import MartletCore

/// Turns a vendor's answer, as its bytes come in, into events.
///
/// The pieces may be cut anywhere. A decoder serves one answer and belongs to one thread.
public protocol ChatDecoder {
    /// Takes the next bytes and appends what they mean to `events`.
    ///
    /// - Throws: when the vendor reports a failure inside its answer, or sends what cannot be read.
    mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(UpstreamFailure)

    /// Takes the end of the answer. A complete answer has given `finished` by now.
    ///
    /// - Throws: when the answer ended too early.
    mutating func finish(into events: inout [ChatEvent]) throws(UpstreamFailure)
}
