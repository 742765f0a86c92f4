public import MartletCore

/// Models in Gemini's dialect.
///
/// Source: Google's reference of the Gemini API, Models (2026-10).
public enum GeminiModels {
    /// `{"models":[…]}`, all on one page.
    public static func list(of cards: [ModelCard]) -> JSON { ["models": .array(cards.map(object))] }

    /// `{"name":"models/…","displayName","inputTokenLimit","outputTokenLimit","supportedGenerationMethods"}`.
    public static func object(for card: ModelCard) -> JSON {
        let chats = !card.uses.isDisjoint(with: [.chat, .code])
        let methods: [JSON] = chats ? ["generateContent", "streamGenerateContent", "countTokens"] : []
        var object: JSONObject = [
            "name": .string("models/\(card.id.text)"), "version": "001", "displayName": .string(card.id.text),
            "supportedGenerationMethods": .array(methods),
        ]
        object["inputTokenLimit"] = card.contextLimit.map { JSON($0) }
        object["outputTokenLimit"] = card.outputLimit.map { JSON($0) }
        return .object(object)
    }
}
