import Synchronization
import Testing
import Threading

/// Counts the resources that were made and numbers them.
private final class Factory: Sendable {
    private let count = Mutex(0)

    func make() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

private struct Broken: Error {}

@Suite struct `A resource pool` {
    private let factory = Factory()

    private func pool(limit: Int = 10, maximumIdle: Duration = .seconds(60)) -> ResourcePool<Int> {
        ResourcePool(limit: limit, maximumIdle: maximumIdle) { [factory] in factory.make() }
    }

    @Test func `lends the same resource again`() throws {
        let pool = pool()
        #expect(try pool.borrow { $0 } == 1)
        #expect(try pool.borrow { $0 } == 1)
        #expect(pool.idleCount == 1)
    }

    @Test func `makes another one while the first is lent, and lends the last returned first`() throws {
        let pool = pool()
        try pool.borrow { first in
            #expect(first == 1)
            try pool.borrow { #expect($0 == 2) }
        }
        #expect(pool.idleCount == 2)
        #expect(try pool.borrow { $0 } == 1)
    }

    @Test func `drops a resource whose borrower failed`() throws {
        let pool = pool()
        #expect(throws: Broken.self) { try pool.borrow { _ in throw Broken() } }
        #expect(pool.idleCount == 0)
        #expect(try pool.borrow { $0 } == 2)
    }

    @Test func `keeps no more idle resources than its limit`() throws {
        let pool = pool(limit: 1)
        try pool.borrow { _ in try pool.borrow { _ in } }
        #expect(pool.idleCount == 1)
        #expect(try pool.borrow { $0 } == 1)
    }

    @Test func `drops what has been idle for too long when another comes back`() throws {
        let pool = pool(maximumIdle: .zero)
        try pool.borrow { _ in try pool.borrow { _ in } }
        #expect(pool.idleCount == 1)
    }

    @Test func `never lends one resource to two threads at once`() throws {
        let pool = pool(limit: 4)
        let lent = SharedSet()
        let threads = try (0..<8).map { _ in
            try WorkerThread(name: "borrower") {
                for _ in 0..<500 {
                    try? pool.borrow { resource in
                        lent.insert(resource)
                        lent.remove(resource)
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(lent.collisions == 0)
    }
}

/// A set that counts insertions of what it holds already.
private final class SharedSet: Sendable {
    private let state = Mutex((held: Set<Int>(), collisions: 0))

    func insert(_ value: Int) {
        state.withLock { if !$0.held.insert(value).inserted { $0.collisions += 1 } }
    }

    func remove(_ value: Int) { state.withLock { _ = $0.held.remove(value) } }
    var collisions: Int { state.withLock { $0.collisions } }
}
