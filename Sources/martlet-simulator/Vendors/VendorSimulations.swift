import HTTPTypes
import MartletWeb

/// The vendors that are not 1min.ai.
struct VendorSimulations: Sendable {
    private let log = VendorLog()

    /// Their addresses, and what they have seen.
    var routes: [Route] {
        OpenAISimulation(log: log).routes + AnthropicSimulation(log: log).routes
            + GeminiSimulation(log: log).routes + [
                Route(.get, "/simulator/vendors", "What the vendors were asked.") { [log] _, _, writer in
                    try writer.send(log.json)
                },
                Route(.post, "/simulator/vendors/forget", "Begins anew.") { [log] _, _, writer in
                    log.forget()
                    try writer.sendEmpty(status: .noContent)
                },
            ]
    }
}
