import MartletCore

/// OpenAI's usage object.
enum OpenAIUsage {
    /// Writes `{"prompt_tokens","completion_tokens","total_tokens"}`.
    static func write(_ usage: TokenUsage, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("prompt_tokens")
        writer.int(usage.input.value)
        writer.key("completion_tokens")
        writer.int(usage.output.value)
        writer.key("total_tokens")
        writer.int(usage.total.value)
        writer.endObject()
    }
}
