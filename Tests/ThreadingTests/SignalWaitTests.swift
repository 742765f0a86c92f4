import Glibc
import Synchronization
import Testing
import Threading

/// Runs a body on a thread of its own: the mask of the test's thread stays as it is.
private func onThread(_ body: @escaping @Sendable () -> Void) throws {
    try WorkerThread(name: "signals", body: body).join()
}

@Suite struct `A signal wait` {
    @Test func `returns the signal that came`() throws {
        try onThread {
            let wait = SignalWait(blocking: [SIGUSR1, SIGUSR2])
            pthread_kill(pthread_self(), SIGUSR2)
            #expect(wait.next() == SIGUSR2)
        }
    }

    @Test func `returns nil when none comes in time`() throws {
        try onThread {
            #expect(SignalWait(blocking: [SIGUSR1]).next(within: .milliseconds(1)) == nil)
        }
    }

    @Test func `returns a signal that came before the wait`() throws {
        try onThread {
            let wait = SignalWait(blocking: [SIGUSR1])
            pthread_kill(pthread_self(), SIGUSR1)
            #expect(wait.next(within: .zero) == SIGUSR1)
        }
    }
}
