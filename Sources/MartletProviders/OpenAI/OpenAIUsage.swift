import MartletCore

/// OpenAI's usage object.
enum OpenAIUsage {
    /// Writes `{"prompt_tokens","completion_tokens","total_tokens"}`, and details where some are of a special kind.
    static func write(_ usage: TokenUsage, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.plainKey("prompt_tokens")
        writer.int(usage.input.value)
        writer.plainKey("completion_tokens")
        writer.int(usage.output.value)
        writer.plainKey("total_tokens")
        writer.int(usage.total.value)
        let cached = usage.cachedInput + usage.cacheWrite + usage.hourCacheWrite
        if cached > 0 || usage.audioInput > 0 {
            let details: JSONObject = [
                "cached_tokens": JSON(usage.cachedInput.value), "audio_tokens": JSON(usage.audioInput.value),
            ]
            writer.plainKey("prompt_tokens_details")
            writer.write(details)
        }
        if usage.cacheWrite > 0 || usage.hourCacheWrite > 0 {
            writer.plainKey("cache_creation_input_tokens")
            writer.int((usage.cacheWrite + usage.hourCacheWrite).value)
        }
        if usage.reasoning > 0 || usage.audioOutput > 0 {
            let details: JSONObject = [
                "reasoning_tokens": JSON(usage.reasoning.value),
                "audio_tokens": JSON(usage.audioOutput.value),
                "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
            ]
            writer.plainKey("completion_tokens_details")
            writer.write(details)
        }
        if let cost = usage.cost {
            writer.plainKey("cost")
            writer.number(JSONNumber(cost))
        }
        writer.endObject()
    }

    /// Reads the object, in the words of Chat Completions and of Responses; nil for what is none.
    static func read(_ usage: JSON) -> TokenUsage? {
        guard usage.objectValue != nil else { return nil }
        let isNewer = usage["input_tokens"] != nil && usage["prompt_tokens"] == nil
        let input = usage.tokens(isNewer ? "input_tokens" : "prompt_tokens")
        let output = usage.tokens(isNewer ? "output_tokens" : "completion_tokens")
        var read = TokenUsage(input: input, output: output)
        let prompt = usage[isNewer ? "input_tokens_details" : "prompt_tokens_details"] ?? [:]
        let answer = usage[isNewer ? "output_tokens_details" : "completion_tokens_details"] ?? [:]
        read.cachedInput = max(prompt.tokens("cached_tokens"), usage.tokens("prompt_cache_hit_tokens"))
        read.cacheWrite = max(
            prompt.tokens("cache_write_tokens"),
            usage.tokens("cache_creation_input_tokens")
        )
        read.audioInput = prompt.tokens("audio_tokens")
        read.reasoning = answer.tokens("reasoning_tokens")
        read.audioOutput = answer.tokens("audio_tokens")
        read.imageOutput = answer.tokens("image_tokens")
        // A vendor that counts thoughts beside the answer and not in it says so by its total.
        let total = usage.tokens("total_tokens")
        if read.reasoning > output, total == input + output + read.reasoning {
            read.output = output + read.reasoning
        }
        return read
    }
}
