import HTTPTypes
import MartletCore
import MartletProviders
import MartletUpstream
import MartletWeb

/// The client's side of one answer: takes events, writes them in the client's dialect, keeps the client awake.
///
/// Belongs to the thread of its request.
protocol AnswerSink: ClientLink {
    /// Whether a part of the answer itself has gone out: the commit point, after which nothing is retried.
    var hasContent: Bool { get }

    /// Whether the answer is complete.
    var isComplete: Bool { get }

    /// Writes what happened. The end of the answer is written with it.
    func take(_ events: [ChatEvent], usage: () -> TokenUsage) throws(ClientGone)

    /// Passes on bytes of a vendor who speaks the client's own dialect, and takes note of what they mean.
    ///
    /// Opening bytes without content are held back, so that another vendor can still be asked.
    func pass(_ bytes: [UInt8], meaning events: [ChatEvent]) throws(ClientGone)

    /// What the bytes are that will be passed on.
    func passHead(contentType: String?)

    /// Forgets what was held back: a vendor is asked, or asked again.
    ///
    /// `request` is what the answer will be written for; nil where its bytes will be passed on.
    func beginAttempt(_ request: ChatRequest?)

    /// Writes an error into an answer that has begun; does nothing in one that has not.
    func fail(_ error: GatewayError) throws(ClientGone)
}

extension AnswerSink {
    /// Most answers know by themselves what they are.
    func passHead(contentType: String?) {}
}
