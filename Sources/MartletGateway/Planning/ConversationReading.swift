import Logging
import MartletCore
import MartletMeter
import MartletProviders
import MartletWeb

/// What a client's body says, read once, and only as far as somebody needs it.
///
/// Belongs to the thread of its request.
final class ConversationReading {
    private let body: ReceivedBody
    private var json: JSON?
    private var permit: LargeBodies.Permit?
    private let surface: any Surface
    private let gateway: Gateway
    private let key: Secret
    private var decoded: Result<ChatRequest, GatewayError>?
    private var recalled: ChatRequest?

    init(_ body: ReceivedBody, in surface: any Surface, gateway: Gateway, key: Secret) {
        self.body = body
        self.surface = surface
        self.gateway = gateway
        self.key = key
    }

    /// Whether the body is too long to be looked into for a mere help.
    var isLong: Bool { body.outline != nil }

    /// What decides where it goes.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    func outline() throws(GatewayError) -> CallOutline {
        if let outline = body.outline { return try surface.outline(.object(outline.values)) }
        return try surface.outline(parsed())
    }

    /// The body's value; a long one is only read where it has to be, and not too many at a time.
    private func parsed() throws(GatewayError) -> JSON {
        if let json { return json }
        if body.outline != nil, permit == nil { permit = try gateway.largeBodies.enter() }
        let parsed = try JSONBody.parse(body.load())
        json = parsed
        return parsed
    }

    /// What it means, as far as this gateway understands it.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    func own() throws(GatewayError) -> ChatRequest {
        if let decoded { return try decoded.get() }
        let result = Result { () throws(GatewayError) in try surface.decode(parsed()) }
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
        if body.outline == nil, let known = try? own() {
            chat = target.request(known)
        } else {
            let outline = try outline()
            chat = ChatRequest(model: target.card.id, messages: [])
            chat.isStreaming = outline.isStreaming
            chat.includesUsage = outline.includesUsage
            if let long = body.outline {
                // About four bytes make a token; the vendor's own number replaces it.
                chat.promptTokens = TokenCount(long.textBytes / 4)
                return chat
            }
            chat.messages = [Message(role: .user, parts: [.text(try texts())])]
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
    private func texts() throws(GatewayError) -> String {
        var found: [String] = []
        func gather(_ value: JSON) {
            switch value {
            case .string(let text) where !text.hasPrefix("data:"): found.append(text)
            case .array(let values): for value in values { gather(value) }
            case .object(let members): for (_, value) in members { gather(value) }
            default: break
            }
        }
        gather(try parsed())
        return found.joined(separator: "\n")
    }
}
