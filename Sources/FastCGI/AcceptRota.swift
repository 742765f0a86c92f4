import Threading

/// Says which threads of a responder stand at the socket: a few, and those that worked last.
///
/// The kernel gives a connection to the thread that has waited longest, so hundreds of threads at the socket would
/// take turns, each with a stack and an allocator's cache that the processor has long forgotten, and all of
/// their memory in use. A thread comes to the socket when fewer than `most` stand there and is parked otherwise;
/// when fewer than `least` are left, the one that was parked last is called.
///
/// Safe from any thread.
final class AcceptRota: Sendable {
    private struct State {
        var atSocket = 0
        var parked: [Gate] = []
        var isClosed = false
    }

    private static let most = 8
    private static let least = 2
    private let state = Guarded(State())

    /// Waits for a place at the socket; false when there is nothing to wait for any more.
    func enter() -> Bool {
        let gate = state.withLock { state -> Gate? in
            guard !state.isClosed, state.atSocket >= Self.most else {
                state.atSocket += 1
                return nil
            }
            let gate = Gate()
            state.parked.append(gate)
            return gate
        }
        // Whoever opens the gate has counted this thread.
        gate?.wait()
        return state.withLock { !$0.isClosed }
    }

    /// Leaves the socket with a connection, or because it is over.
    func leave() {
        let called = state.withLock { state -> Gate? in
            state.atSocket -= 1
            guard state.atSocket < Self.least, let gate = state.parked.popLast() else { return nil }
            state.atSocket += 1
            return gate
        }
        called?.open()
    }

    /// Lets everybody go, now and later.
    func close() {
        let parked = state.withLock { state in
            defer { state.parked = [] }
            state.isClosed = true
            state.atSocket += state.parked.count
            return state.parked
        }
        for gate in parked { gate.open() }
    }
}
