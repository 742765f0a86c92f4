public import HTTPTypes
public import MartletCore

/// The only way out for an answer.
///
/// Belongs to the thread of its request.
///
/// An answer is one `begin`, then pieces, each sent on by `flush`. A handler writes; when it returns, the answer is
/// complete. That is why logging needs no hook: it follows the call.
public protocol ResponseWriter: AnyObject {
    /// Whether `begin` was called: from then on the status cannot be changed.
    var isCommitted: Bool { get }

    /// Sends the status and the header fields.
    ///
    /// - Throws: `ClientGone` when nobody reads any more.
    func begin(_ head: HTTPResponse) throws(ClientGone)

    /// Adds bytes to the body.
    ///
    /// - Throws: `ClientGone` when nobody reads any more.
    func write(_ bytes: [UInt8]) throws(ClientGone)

    /// Sends on what was written. Blocks while the web server is slow: that is the back-pressure.
    ///
    /// - Throws: `ClientGone` when nobody reads any more.
    func flush() throws(ClientGone)
}
