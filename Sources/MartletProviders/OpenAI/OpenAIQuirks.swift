import MartletCore

/// How a vendor differs from OpenAI, although it speaks its dialect.
///
/// The names are those of the setting `quirks`, and of the table of hosts that are known to need some.
struct OpenAIQuirks: Sendable, Equatable {
    /// `no_stream_options`: the field is refused; usage is then counted where the stream does not tell it.
    var refusesStreamOptions = false
    /// `short_call_ids`: ids of tool calls have nine letters and digits.
    var hasShortCallIDs = false
    /// `max_tokens`: the older name of `max_completion_tokens`.
    var usesMaxTokens = false
    /// `no_developer_role`: instructions are the system's.
    var hasNoDeveloperRole = false
    /// `reasoning_content`: thoughts of earlier answers are sent back in this field.
    var takesReasoning = false
    /// `strict_fields`: a field that is not known is refused.
    var refusesUnknownFields = false
    /// `responses`: the newer API is there, too.
    var hasResponses = false
    /// `no_parallel_tool_calls`: the field is refused.
    var refusesParallelToolCalls = false

    /// OpenAI itself.
    static let none = OpenAIQuirks(hasResponses: true)

    /// What is known of a host, and what the settings say besides.
    static func of(_ endpoint: Endpoint) -> OpenAIQuirks {
        let host = endpoint.origin.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        var quirks = hosts.first { host == $0.host || host.hasSuffix("." + $0.host) }?.quirks ?? usual
        for name in endpoint.traits.quirks { quirks.add(name) }
        return quirks
    }

    /// What most servers of this dialect take: the older names.
    private static let usual = OpenAIQuirks(usesMaxTokens: true, hasNoDeveloperRole: true)

    private static let hosts: [(host: String, quirks: OpenAIQuirks)] = [
        ("api.openai.com", .none),
        ("api.groq.com", OpenAIQuirks(hasNoDeveloperRole: true, hasResponses: true)),
        (
            "api.mistral.ai",
            OpenAIQuirks(
                refusesStreamOptions: true,
                hasShortCallIDs: true,
                usesMaxTokens: true,
                hasNoDeveloperRole: true,
                refusesUnknownFields: true
            )
        ),
        ("openrouter.ai", OpenAIQuirks(takesReasoning: true, hasResponses: true)),
        ("api.deepseek.com", OpenAIQuirks(usesMaxTokens: true, hasNoDeveloperRole: true)),
        ("api.sambanova.ai", usual),
        ("api.morphllm.com", usual),
        ("api.cohere.ai", usual),
    ]

    private mutating func add(_ name: String) {
        switch name {
        case "no_stream_options": refusesStreamOptions = true
        case "short_call_ids": hasShortCallIDs = true
        case "max_tokens": usesMaxTokens = true
        case "max_completion_tokens": usesMaxTokens = false
        case "no_developer_role": hasNoDeveloperRole = true
        case "reasoning_content": takesReasoning = true
        case "strict_fields": refusesUnknownFields = true
        case "responses": hasResponses = true
        case "no_responses": hasResponses = false
        case "no_parallel_tool_calls": refusesParallelToolCalls = true
        default: break
        }
    }

    /// All names, for those who check settings.
    static let names: Set<String> = [
        "no_stream_options", "short_call_ids", "max_tokens", "max_completion_tokens", "no_developer_role",
        "reasoning_content", "strict_fields", "responses", "no_responses", "no_parallel_tool_calls",
    ]

    /// A call's id as the vendor takes it: the same short one for the same long one.
    func callID(_ id: String) -> String {
        guard hasShortCallIDs else { return id }
        let isShort = id.utf8.count == 9 && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        guard !isShort else { return id }
        // FNV-1a: long enough for the calls of one conversation.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return String(
            (0..<9).map { _ in
                defer { hash /= 62 }
                return letters[Int(hash % 62)]
            }
        )
    }
}
