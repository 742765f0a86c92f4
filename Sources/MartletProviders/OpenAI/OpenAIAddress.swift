import MartletCore

/// Where an OpenAI-like API has its addresses.
enum OpenAIAddress {
    /// The address of a route such as `chat/completions` below a channel's base.
    ///
    /// A base that names a version (`…/v1`, `…/v1beta/openai`) is used as it is, and so is one that names the route or
    /// ends with `#`; any other gets `/v1`.
    static func url(base: String, route: String) -> String {
        if base.hasSuffix("#") { return String(base.dropLast()) }
        if base.hasSuffix("/" + route) { return base }
        return hasVersion(base) ? "\(base)/\(route)" : "\(base)/v1/\(route)"
    }

    /// Whether a segment of the path is a version: `v` and digits, with or without a word behind them.
    static func hasVersion(_ base: String) -> Bool {
        base.split(separator: "/").dropFirst(2).contains { segment in
            segment.first == "v" && segment.dropFirst().first?.isNumber == true
        }
    }
}
