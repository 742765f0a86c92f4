import Logging
import MartletCore
import MartletMeter
import MartletProviders

/// What a client's body says, read once, and only as far as somebody needs it.
///
/// Belongs to the thread of its request.
final class ConversationReading {
    private let body: JSON
    private let surface: any Surface
    private let gateway: Gateway
    private let key: Secret
    private var decoded: Result<ChatRequest, GatewayError>?
    private var recalled: ChatRequest?

    init(_ body: JSON, in surface: any Surface, gateway: Gateway, key: Secret) {
        self.body = body
        self.surface = surface
        self.gateway = gateway
        self.key = key
    }

    /// What it means, as far as this gateway understands it.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    func own() throws(GatewayError) -> ChatRequest {
        if let decoded { return try decoded.get() }
        let result = Result { () throws(GatewayError) in try surface.decode(body) }
        decoded = result
        return try result.get()
    }

    /// The whole conversation as a target gets it, its files recognised and its tokens counted.
    ///
    /// - Throws: `GatewayError` that names the field, or the answer that is not there.
    func chat(for target: Target) throws -> ChatRequest {
        var chat: ChatRequest
        if let recalled {
            chat = recalled
        } else {
            chat = try own()
            try gateway.archive.recall(into: &chat, key: key)
            recalled = chat
        }
        chat = target.request(chat)
        try gateway.attachments.inspector.inspect(&chat, for: target.card)
        let counter = gateway.tokens.counter(model: chat.model.text)
        chat.promptTokens = ChatTokens.count(gateway.turns.prepared(chat, for: target), with: counter)
        return chat
    }

    /// Enough of it to count tokens and to write an error, for a body that goes on as it is: what this gateway does not
    /// understand is then the vendor's business.
    func glance(for target: Target) throws -> ChatRequest {
        var chat: ChatRequest
        if let known = try? own() {
            chat = target.request(known)
        } else {
            let outline = try surface.outline(body)
            chat = ChatRequest(model: target.card.id, messages: [Message(role: .user, parts: [.text(texts)])])
            chat.isStreaming = outline.isStreaming
            chat.includesUsage = outline.includesUsage
        }
        let counter = gateway.tokens.counter(model: chat.model.text)
        chat.promptTokens = ChatTokens.count(chat, with: counter)
        // Who keeps the answer is the vendor.
        chat.isStored = false
        return chat
    }

    /// Keeps an answer to it.
    func keep(_ answer: [UInt8], logger: Logger) {
        guard let own = try? own(), let recalled else { return }
        gateway.archive.keep(answer, to: recalled, saying: own.messages, key: key, logger: logger)
    }

    /// All that is said anywhere in it, files in base64 aside.
    private var texts: String {
        var found: [String] = []
        func gather(_ value: JSON) {
            switch value {
            case .string(let text) where !text.hasPrefix("data:"): found.append(text)
            case .array(let values): for value in values { gather(value) }
            case .object(let members): for (_, value) in members { gather(value) }
            default: break
            }
        }
        gather(body)
        return found.joined(separator: "\n")
    }
}
