public import MartletCore

/// Counts the tokens of a whole chat request, before it is sent.
public enum ChatTokens {
    /// The tokens of all messages, with what the chat format adds.
    public static func count(_ chat: ChatRequest, with counter: any TokenCounter) -> TokenCount {
        let messages = MessageTokens(model: chat.model.text, counter: counter)
        return chat.messages.reduce(MessageTokens.replyPriming) { sum, message in
            sum + messages.count(role: message.role.rawValue, texts: texts(of: message), name: message.name)
                + images(of: message, model: chat.model.text)
        }
    }

    /// The pictures' share; documents and sounds are counted by the vendor alone.
    private static func images(of message: Message, model: String) -> TokenCount {
        message.parts.reduce(0) { sum, part in
            guard case .media(let media) = part, media.kind == .image || media.content?.format.isImage == true
            else { return sum }
            return sum + ImageTokens.count(model: model, size: media.content?.size, detail: media.detail)
        }
    }

    private static func texts(of message: Message) -> [String] {
        message.parts.flatMap { part -> [String] in
            switch part {
            case .text(let text), .refusal(let text): [text]
            case .toolCall(let call): [call.name, call.arguments]
            case .toolResult(let result): [result.text]
            case .media: []
            }
        }
    }
}
