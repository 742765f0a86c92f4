/// Settings of older relays that have no meaning here: accepted, with one warning at start.
enum LegacySettings {
    private static let reasons: [(name: String, reason: String)] = [
        ("MEMCACHED_HOST", "limits are kept in SQLite"),
        ("MEMCACHED_PORT", "limits are kept in SQLite"),
        ("ONE_MIN_CONVERSATION_API_URL", "the unified endpoint needs no conversations"),
        ("ONE_MIN_CONVERSATION_API_STREAMING_URL", "the unified endpoint needs no conversations"),
        ("ONE_MIN_CHAT_API_URL", "the address follows from onemin.base_url"),
        ("ONE_MIN_MODELS_API_URL", "the address follows from onemin.base_url"),
        ("ONE_MIN_ASSET_URL", "the address follows from onemin.base_url"),
        ("AI_JSON_CRYPTOKEN", "there is no vault yet"),
        ("HOST", "the web server listens, see server.socket"),
        ("PORT", "the web server listens, see server.socket"),
    ]

    /// One line that names all that are set; none when none is.
    static func warnings(for environment: [String: String]) -> [String] {
        let set = reasons.filter { environment[$0.name] != nil }
        guard !set.isEmpty else { return [] }
        let list = set.map { "\($0.name) (\($0.reason))" }.joined(separator: ", ")
        return ["These settings of older relays have no effect here: \(list)."]
    }
}
