import MartletCore
import Synchronization

/// What the simulator has seen: the judge in tests of limits, disconnects and retries.
final class Counters: Sendable {
    private struct State {
        var chats = 0
        var openStreams = 0
        var abortedStreams = 0
        var uploads = 0
        var lastRequest: JSON = .null
    }

    private let state = Mutex(State())

    func countChat(_ body: JSON) {
        state.withLock {
            $0.chats += 1
            $0.lastRequest = body
        }
    }

    func countUpload() { state.withLock { $0.uploads += 1 } }
    func openStream() { state.withLock { $0.openStreams += 1 } }

    func closeStream(aborted: Bool) {
        state.withLock {
            $0.openStreams -= 1
            if aborted { $0.abortedStreams += 1 }
        }
    }

    /// `{"chat_requests","open_streams","aborted_streams","uploads","last_request"}`.
    var json: JSON {
        state.withLock { state in
            [
                "chat_requests": .number(JSONNumber(state.chats)),
                "open_streams": .number(JSONNumber(state.openStreams)),
                "aborted_streams": .number(JSONNumber(state.abortedStreams)),
                "uploads": .number(JSONNumber(state.uploads)),
                "last_request": state.lastRequest,
            ]
        }
    }
}
