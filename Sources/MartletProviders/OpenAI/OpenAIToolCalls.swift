import MartletCore

/// OpenAI's list of tool calls, in a message or in a delta.
enum OpenAIToolCalls {
    /// Writes the member `tool_calls`; with `firstIndex` each call is numbered, as deltas want it.
    static func write(_ calls: [ToolCall], firstIndex: Int? = nil, to writer: inout JSONWriter) {
        writer.key("tool_calls")
        writer.beginArray()
        for (offset, call) in calls.enumerated() {
            writer.beginObject()
            if let firstIndex {
                writer.key("index")
                writer.int(firstIndex + offset)
            }
            writer.key("id")
            writer.string(call.id)
            writer.key("type")
            writer.string("function")
            writer.key("function")
            writer.beginObject()
            writer.key("name")
            writer.string(call.name)
            writer.key("arguments")
            writer.string(call.arguments)
            writer.endObject()
            if let signature = call.signature {
                writer.key("extra_content")
                writer.write(OpenAIExtras.signature(signature))
            }
            writer.endObject()
        }
        writer.endArray()
    }
}
