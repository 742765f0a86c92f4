import HTTPTypes
import MartletCore

/// How long a client waits, as its SDK says in `x-stainless-read-timeout` and `x-stainless-timeout`, in seconds.
///
/// Source: the SDKs of OpenAI and Anthropic, which send them with every request (2026-10).
enum ClientPatience {
    private static let readTimeout = HTTPField.Name("x-stainless-read-timeout")
    private static let timeout = HTTPField.Name("x-stainless-timeout")
    private static let longest = Duration.seconds(86_400)

    /// How long a stream may be silent: never as long as the client waits for the next byte.
    static func silence(in fields: HTTPFields, atMost heartbeat: Duration) -> Duration {
        guard let field = readTimeout.flatMap({ fields[$0] }), let wait = Double(field), wait > 0,
            wait < 86_400
        else {
            return heartbeat
        }
        return min(heartbeat, max(.milliseconds(200), .seconds(wait / 2)))
    }

    /// How long an answer may take before nobody reads it: what a client waits for the next byte is for a whole answer
    /// the wait for all of it; a stream is kept awake.
    static func limit(in fields: HTTPFields, isStreaming: Bool) -> Duration {
        guard !isStreaming else { return longest }
        let limits = [readTimeout, timeout].compactMap { $0 }.compactMap { fields[$0].flatMap(Double.init) }
        guard let shortest = limits.filter({ $0 > 0 && $0 < 86_400 }).min() else { return longest }
        return .seconds(shortest)
    }
}
