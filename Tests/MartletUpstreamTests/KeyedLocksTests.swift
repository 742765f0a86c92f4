import MartletUpstream
import Synchronization
import Testing
import Threading

@Suite struct KeyedLocksTests {
    @Test func `work of one name is done one by one, whatever many threads want`() throws {
        let locks = KeyedLocks()
        let inside = Shared()
        let threads = try (0..<8).map { number in
            try WorkerThread(name: "locker") {
                for _ in 0..<500 {
                    locks.withLock("name-\(number % 2)") {
                        inside.enter(number % 2)
                        inside.leave(number % 2)
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(inside.most == 1)
        #expect(inside.total == 4_000)
    }

    @Test func `other names do not wait, and errors free the lock`() {
        struct Failure: Error {}
        let locks = KeyedLocks()
        locks.withLock("a") {
            locks.withLock("b") {}
        }
        #expect(throws: Failure.self) { try locks.withLock("a") { throw Failure() } }
        let seven = locks.withLock("a") { 7 }
        #expect(seven == 7)
    }

    private final class Shared: Sendable {
        private let state = Mutex((inside: [0, 0], most: 0, total: 0))
        var most: Int { state.withLock { $0.most } }
        var total: Int { state.withLock { $0.total } }

        func enter(_ name: Int) {
            state.withLock {
                $0.inside[name] += 1
                $0.total += 1
                $0.most = max($0.most, $0.inside[name])
            }
        }

        func leave(_ name: Int) { state.withLock { $0.inside[name] -= 1 } }
    }
}
