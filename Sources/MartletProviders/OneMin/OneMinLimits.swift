import MartletCore

/// What no model of 1min.ai can do.
enum OneMinLimits {
    private static let vendor = "1min.ai"

    /// Refuses what is impossible; files that have not become assets are.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    static func check(_ request: ChatRequest, takesFiles: Bool) throws(GatewayError) {
        guard request.tools.isEmpty || request.toolChoice == .never else {
            throw impossible(
                "tools",
                "Models of \(vendor) cannot call tools, and their emulation is off (models.emulate_tools). "
                    + "Send no 'tools', or 'tool_choice': 'none'."
            )
        }
        guard request.choices == 1 else {
            throw impossible("n", "Models of \(vendor) give one answer: 'n' must be 1.")
        }
        for case .media(let media) in request.messages.lazy.flatMap(\.parts)
        where !takesFiles || media.asset == nil {
            throw OneMinMedia.unsupported(media)
        }
    }

    private static func impossible(_ parameter: String, _ message: String) -> GatewayError {
        GatewayError(
            .invalidRequest,
            message,
            parameter: parameter,
            code: "unsupported_parameter",
            shouldRetry: false
        )
    }
}
