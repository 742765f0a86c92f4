public import HTTPTypes

/// One line of the route table: an address, and who answers.
public struct Route: Sendable {
    /// The method.
    public let method: HTTPRequest.Method
    /// The pattern, for example `/v1/models/{model*}`.
    public let pattern: RoutePattern
    /// What it does, in one sentence, for the list of endpoints.
    public let summary: String
    /// Who answers.
    public let handler: Handler

    /// Makes a line of the table.
    public init(
        _ method: HTTPRequest.Method,
        _ pattern: RoutePattern,
        _ summary: String,
        handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.summary = summary
        self.handler = handler
    }
}
