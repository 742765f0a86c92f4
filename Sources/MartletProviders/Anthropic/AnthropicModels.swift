public import MartletCore

/// Models in Anthropic's dialect.
///
/// Source: Anthropic's API reference, Models (2026-10).
public enum AnthropicModels {
    /// `{"data","has_more","first_id","last_id"}` with the models that answer messages, all on one page.
    public static func list(of cards: [ModelCard]) -> JSON {
        let cards = cards.filter { !$0.uses.isDisjoint(with: [.chat, .code]) }
        return [
            "data": .array(cards.map(object)), "has_more": false,
            "first_id": cards.first.map { .string($0.id.text) } ?? .null,
            "last_id": cards.last.map { .string($0.id.text) } ?? .null,
        ]
    }

    /// `{"type":"model","id","display_name","created_at","lifecycle","max_input_tokens","max_tokens"}`.
    ///
    /// The day of the release is not known here; the API has the epoch for that.
    public static func object(for card: ModelCard) -> JSON {
        [
            "type": "model", "id": .string(card.id.text), "display_name": .string(card.id.text),
            "created_at": "1970-01-01T00:00:00Z", "lifecycle": "active",
            "max_input_tokens": card.contextLimit.map { JSON($0) } ?? .null,
            "max_tokens": card.outputLimit.map { JSON($0) } ?? .null,
        ]
    }
}
