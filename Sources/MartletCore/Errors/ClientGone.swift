/// The client, or the web server in front, has closed its connection: nobody reads the answer any more.
public struct ClientGone: Error, Equatable, Sendable {
    /// The one value.
    public init() {}
}
