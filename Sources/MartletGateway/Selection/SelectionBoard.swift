import MartletCore
import Threading

/// What the processes tell each other about channels and keys in shared memory: that a state has changed, whose turn it
/// is, and which key served a conversation last.
///
/// All of it is a help and no truth: with an empty board the gateway works, a little less even. Safe from any thread.
public struct SelectionBoard: Sendable {
    private static let turns = 255
    private static let seats = 4_096
    /// Word 0 is the revision, then come the turns, then seats of two words: fingerprint, and choice with its time.
    private static let words = 1 + turns + 2 * seats
    private let board: SharedWords
    private let keepFor: Int
    /// In seconds since 1970.
    private let now: @Sendable () -> Int

    /// Opens the board.
    ///
    /// - Parameters:
    ///   - path: of its file; nil is returned where it cannot be mapped.
    ///   - affinity: how long a conversation stays with its key.
    ///   - now: the time in seconds since 1970.
    public init?(path: String, affinity: Duration, now: @escaping @Sendable () -> Int) {
        guard let board = SharedWords(path: path, count: Self.words) else { return nil }
        self.board = board
        keepFor = Int(affinity / .seconds(1))
        self.now = now
    }

    /// Changes with every change of a state.
    var revision: UInt64 { board.load(0) }

    /// Lets the others know that a state has changed.
    func announceChange() { board.add(1, at: 0) }

    /// The number of this request among those for a name.
    func turn(of name: String) -> Int {
        let place = 1 + Int(Fingerprint(of: name).number % UInt64(Self.turns))
        return Int(board.add(1, at: place) & 0x3fff_ffff)
    }

    /// Which choice served a conversation last, as `seat` was told; nil when it is unknown, or too long ago.
    func choice(for conversation: Fingerprint) -> UInt32? {
        let place = seat(of: conversation)
        guard board.load(place) == conversation.number else { return nil }
        let word = board.load(place + 1)
        // Another process may have changed both between the two looks: then the fingerprint has changed, too.
        guard board.load(place) == conversation.number else { return nil }
        let age = now() - Int(word >> 32)
        return (0...keepFor).contains(age) ? UInt32(truncatingIfNeeded: word) : nil
    }

    /// Notes which choice has served a conversation.
    func seat(_ conversation: Fingerprint, at choice: UInt32) {
        let place = seat(of: conversation)
        board.store(0, at: place)
        board.store(UInt64(UInt32(truncatingIfNeeded: now())) << 32 | UInt64(choice), at: place + 1)
        board.store(conversation.number, at: place)
    }

    private func seat(of conversation: Fingerprint) -> Int {
        1 + Self.turns + 2 * Int(conversation.number % UInt64(Self.seats))
    }
}

/// A number that stands for something that was said: FNV-1a over its bytes, the same in every process.
struct Fingerprint: Sendable, Equatable {
    /// Never 0.
    private(set) var number: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Of nothing.
    init() {}

    /// Of a text.
    init(of text: String) {
        add(text)
    }

    /// Goes on with a text, of which the first bytes have to do.
    mutating func add(_ text: String, atMost count: Int = 4_096) {
        var length: UInt64 = 0
        for byte in text.utf8.prefix(count) {
            number = (number ^ UInt64(byte)) &* 0x100_0000_01b3
            length += 1
        }
        number = (number ^ length) &* 0x100_0000_01b3
        if number == 0 { number = 1 }
    }
}
