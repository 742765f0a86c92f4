import MartletCore

/// OpenAI's usage object.
enum OpenAIUsage {
    /// Writes `{"prompt_tokens","completion_tokens","total_tokens"}`.
    static func write(_ usage: TokenUsage, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.plainKey("prompt_tokens")
        writer.int(usage.input.value)
        writer.plainKey("completion_tokens")
        writer.int(usage.output.value)
        writer.plainKey("total_tokens")
        writer.int(usage.total.value)
        writer.endObject()
    }
}
