import MartletAccounts
import MartletCore

/// Keeps a conversation with the key that served it: a vendor's prompt cache belongs to an account, and another key would
/// pay for the whole prompt again.
///
/// Only a preference. A conversation is known by its beginning, which stays as it goes on.
struct Affinity {
    private let board: SelectionBoard?
    private let fingerprint: () -> Fingerprint?

    /// - Parameters:
    ///   - reading: the conversation.
    ///   - model: as the client names it.
    ///   - caller: who asks.
    ///   - board: where it is noted; nil notes nothing.
    init(of reading: ConversationReading, asking model: ModelName, caller: Caller, board: SelectionBoard?) {
        self.board = board
        fingerprint = {
            guard !reading.isLong, let chat = try? reading.own() else { return nil }
            var fingerprint = Fingerprint(of: caller.keyHash.text)
            fingerprint.add(model.text)
            if let name = chat.cacheKey {
                fingerprint.add(name)
                return fingerprint
            }
            for message in chat.messages {
                for part in message.parts { fingerprint.add(part.saidText ?? "") }
                if message.role == .user { break }
            }
            for tool in chat.tools { fingerprint.add(tool.name) }
            return fingerprint
        }
    }

    /// What served the conversation before.
    func hint() -> AffinityHint? {
        guard let board, let fingerprint = fingerprint() else { return nil }
        return board.choice(for: fingerprint).map(AffinityHint.init)
    }

    /// Notes what has served it.
    func keep(_ choice: TargetChoice) {
        guard let board, let fingerprint = fingerprint() else { return }
        board.seat(fingerprint, at: choice.code)
    }
}
