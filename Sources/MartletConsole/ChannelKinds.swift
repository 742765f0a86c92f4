import MartletCore

/// The numbers that channels' kinds have in the API, and what may be said of a channel.
enum ChannelKinds {
    static let all: [(number: Int, kind: Channel.Kind, name: String)] = [
        (1, .openai, "OpenAI"), (3, .azure, "Azure OpenAI"), (14, .anthropic, "Anthropic Claude"),
        (24, .gemini, "Google Gemini"), (99, .compatible, "Custom"), (100, .onemin, "1min.ai"),
    ]

    /// - Throws: `GatewayError` of kind `invalidRequest` for a number that stands for nothing here.
    static func kind(_ number: Int) throws(GatewayError) -> Channel.Kind {
        // The page that is used with this API calls what speaks OpenAI's dialect 8.
        if number == 8 { return .compatible }
        guard let found = all.first(where: { $0.number == number }) else {
            throw GatewayError(
                .invalidRequest,
                "'type' must be 1 (OpenAI), 3 (Azure), 14 (Anthropic), 24 (Gemini), 99 (custom) or 100 (1min.ai). A service "
                    + "that speaks OpenAI's dialect is custom.",
                parameter: "type"
            )
        }
        return found.kind
    }

    static func number(of kind: String) -> Int { all.first { $0.kind.rawValue == kind }?.number ?? 99 }

    /// An address without slashes at its end.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest`.
    static func address(_ text: String) throws(GatewayError) -> String {
        let lowered = text.lowercased()
        let scheme = ["https://", "http://"].first { lowered.hasPrefix($0) }
        let host = text.dropFirst(scheme?.count ?? 0).prefix { $0 != "/" }
        guard scheme != nil, !host.isEmpty, !host.contains("@"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else {
            throw GatewayError(
                .invalidRequest,
                "'base_url' must be an http or https address without a user name.",
                parameter: "base_url"
            )
        }
        var address = text
        while address.hasSuffix("/") { address.removeLast() }
        return address
    }

    /// A table of names without circles, as JSON.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest`.
    static func mapping(_ text: String) throws(GatewayError) -> String {
        if text.allSatisfy(\.isWhitespace) { return "{}" }
        guard let table = (try? JSON.parse(Array(text.utf8)))?.objectValue,
            table.allSatisfy({ $0.value.stringValue?.isEmpty == false })
        else {
            throw GatewayError(
                .invalidRequest,
                "'model_mapping' must be a JSON object of names and the vendor's names.",
                parameter: "model_mapping"
            )
        }
        for (name, _) in table where ChannelModels.meant(by: name, in: table) == nil {
            throw GatewayError(
                .invalidRequest,
                "'model_mapping' leads from '\(name.prefix(100))' back to itself.",
                parameter: "model_mapping"
            )
        }
        return text
    }
}
