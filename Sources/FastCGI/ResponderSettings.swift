/// How a responder works.
public struct ResponderSettings: Sendable {
    /// How many requests are served at once; an idle thread costs about 8 KiB.
    public var threads = 512
    /// The stack of each thread in bytes; only touched pages cost memory.
    public var stackSize = 512 * 1024
    /// How long a write may make no progress before the web server counts as stuck.
    public var sendTimeout = Duration.seconds(30)
    /// How long the web server may be silent in the middle of a request, and between two requests on a
    /// connection that it keeps.
    public var receiveTimeout = Duration.seconds(60)

    /// How long a drain waits for the web server to end a connection that it keeps: longer than web servers keep an idle
    /// one (2 s in `conf/nginx`) or a busy one (5 s).
    public var keptConnectionGrace = Duration.seconds(10)

    /// The default settings.
    public init() {}
}
