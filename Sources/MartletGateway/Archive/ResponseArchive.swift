import Logging
import MartletAccounts
import MartletCore
import MartletProviders
public import MartletStore

/// Keeps answers for their callers, so that a later request can go on from them.
///
/// What is said is sealed with the caller's own key (`ContentSeal`); the table beside it holds ids, the key's hash and
/// times. Safe from any thread.
public struct ResponseArchive: Sendable {
    /// An answer as it was kept.
    struct Kept {
        /// The object that the client got.
        var response: JSON
        /// What was said in the request that it answers, as items.
        var input: [JSON]
        /// The answer before it.
        var previous: String?
    }

    /// What is longer is not kept, for a caller could fill the disk with pictures: 8 MiB for each answer.
    private static let largestContent = 8 << 20
    /// A conversation of more answers is taken for a circle.
    private static let longestConversation = 1_000
    private let store: Store
    private let keepFor: Int
    private let now: @Sendable () -> Int

    /// Puts the archive together.
    ///
    /// - Parameters:
    ///   - store: where answers are kept.
    ///   - days: for how long; 0 keeps nothing.
    ///   - now: the time in seconds since 1970.
    public init(store: Store, days: Int, now: @escaping @Sendable () -> Int) {
        self.store = store
        keepFor = days * 86_400
        self.now = now
    }

    /// Whether anything is kept.
    var isOpen: Bool { keepFor > 0 }

    /// Puts the earlier conversation and the instructions before the messages of a request.
    ///
    /// - Throws: `GatewayError` of kind `notFound` where an answer is not there, or is another caller's.
    func recall(into chat: inout ChatRequest, key: Secret) throws(GatewayError) {
        if let last = chat.previousResponse {
            chat.messages = try conversation(upTo: last, key: key) + chat.messages
        }
        if let instructions = chat.instructions, !instructions.isEmpty {
            chat.messages.insert(Message(role: .system, parts: [.text(instructions)]), at: 0)
        }
    }

    /// Keeps an answer.
    ///
    /// The client has a right to its answer whatever becomes of the copy, so a failure is only logged.
    func keep(_ response: [UInt8], to chat: ChatRequest, saying input: [Message], key: Secret, logger: Logger)
    {
        guard let object = try? JSON.parse(response), let id = object["id"]?.stringValue else { return }
        guard response.count + input.reduce(0, { $0 + $1.sizeToKeep }) <= Self.largestContent else {
            logger.warning("answer too long to be kept", metadata: ["id": .string(id)])
            return
        }
        var content: JSONObject = ["response": object, "input": .array(ResponsesItems.items(of: input))]
        content["previous"] = chat.previousResponse.map { .string($0) }
        guard let sealed = ContentSeal(key).seal(JSON.object(content).serialized(), named: id) else { return }
        let created = now()
        let row = StoredResponseTable.Row(
            id: id,
            owner: KeyHash(key).text,
            created: created,
            expires: created + keepFor,
            content: sealed
        )
        do {
            try store.write { tables throws(StoreError) in try tables.responses.add(row) }
        } catch {
            logger.error("answer not kept", metadata: ["id": .string(id), "reason": .string("\(error)")])
        }
    }

    /// A caller's answer; nil when it is not there, has expired, or is another caller's.
    ///
    /// - Throws: `GatewayError` of kind `unavailable` when the database fails.
    func find(_ id: String, key: Secret) throws(GatewayError) -> Kept? {
        let row = try ask { () throws(StoreError) in
            try store.read { tables throws(StoreError) in
                try tables.responses.row(id: id, owner: KeyHash(key).text, now: now())
            }
        }
        guard let row, let bytes = ContentSeal(key).open(row.content, named: id),
            let content = try? JSON.parse(bytes), let response = content["response"]
        else { return nil }
        return Kept(
            response: response,
            input: content["input"]?.arrayValue ?? [],
            previous: content["previous"]?.stringValue
        )
    }

    /// Deletes a caller's answer; false when there is none.
    ///
    /// - Throws: `GatewayError` of kind `unavailable` when the database fails.
    func remove(_ id: String, key: Secret) throws(GatewayError) -> Bool {
        try ask { () throws(StoreError) in
            try store.write { tables throws(StoreError) in
                try tables.responses.remove(id: id, owner: KeyHash(key).text, now: now())
            }
        }
    }

    private func conversation(upTo last: String, key: Secret) throws(GatewayError) -> [Message] {
        var turns: [[Message]] = []
        var next: String? = last
        while let id = next, turns.count < Self.longestConversation {
            guard let kept = try find(id, key: key) else {
                throw GatewayError(
                    .notFound,
                    "Previous response with id '\(id.prefix(100))' not found.",
                    parameter: "previous_response_id",
                    code: "previous_response_not_found",
                    shouldRetry: false
                )
            }
            let output = kept.response["output"]?.arrayValue ?? []
            turns.append(ResponsesItems.messages(kept: kept.input + output))
            next = kept.previous
        }
        return turns.reversed().flatMap { $0 }
    }

    private func ask<Result>(_ question: () throws(StoreError) -> Result) throws(GatewayError) -> Result {
        do {
            return try question()
        } catch {
            throw GatewayError(
                .unavailable,
                "Stored answers cannot be reached at the moment.",
                detail: "\(error)",
                retryAfter: .seconds(5)
            )
        }
    }
}

extension Message {
    /// About how many bytes it takes when it is kept.
    fileprivate var sizeToKeep: Int {
        parts.reduce(0) { sum, part in
            switch part {
            case .text(let text), .refusal(let text): sum + text.utf8.count
            case .toolCall(let call): sum + call.arguments.utf8.count
            case .toolResult(let result): sum + result.text.utf8.count
            case .media(let media): sum + media.sizeToKeep
            case .reasoning(let trace): sum + trace.sizeToKeep
            case .cachePoint: sum
            }
        }
    }
}

extension ReasoningTrace {
    fileprivate var sizeToKeep: Int {
        [text, redacted ?? "", signature?.text ?? ""].reduce(0) { $0 + $1.utf8.count }
    }
}

extension Media {
    fileprivate var sizeToKeep: Int {
        switch source {
        case .base64(let content): content.sourceCount
        case .bytes(let content): content.count
        case .url(let address): address.utf8.count
        case .file(let id): id.utf8.count
        }
    }
}
