import Testing

@testable import martlet

@Suite struct `A worker's slot` {
    private let start = ContinuousClock.now

    @Test func `is due at once when new, and not while it is occupied`() {
        var slot = WorkerSlot()
        #expect(slot.isDue(at: .now))
        slot.occupy(with: 7, at: start)
        #expect(!slot.isDue(at: start + .seconds(3600)))
        #expect(slot.process == 7)
    }

    @Test func `pauses ever longer for workers that die young, up to 10 s`() {
        var slot = WorkerSlot()
        let pauses = (0..<9).map { _ in
            slot.occupy(with: 7, at: start)
            return slot.vacate(at: start + .seconds(1))
        }
        #expect(
            pauses.map { Int($0 / .milliseconds(1)) } == [
                100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000,
            ]
        )
    }

    @Test func `is due again after the pause`() {
        var slot = WorkerSlot()
        slot.occupy(with: 7, at: start)
        let pause = slot.vacate(at: start + .seconds(1))
        #expect(!slot.isDue(at: start + .seconds(1)))
        #expect(slot.isDue(at: start + .seconds(1) + pause))
    }

    @Test func `forgets early deaths after a worker that lived 10 s`() {
        var slot = WorkerSlot()
        for _ in 0..<5 {
            slot.occupy(with: 7, at: start)
            _ = slot.vacate(at: start)
        }
        slot.occupy(with: 7, at: start)
        #expect(slot.vacate(at: start + .seconds(10)) == .milliseconds(100))
    }

    @Test func `pauses longer also when no worker could be started`() {
        var slot = WorkerSlot()
        #expect(slot.vacate(at: start) == .milliseconds(100))
        #expect(slot.vacate(at: start + .seconds(60)) == .milliseconds(200))
    }
}

@Suite struct `The end of a process` {
    @Test func `is read from the status of waitpid`() {
        #expect(ProcessEnd(status: 0) == .exited(status: 0))
        #expect(ProcessEnd(status: 3 << 8) == .exited(status: 3))
        #expect(ProcessEnd(status: 9) == .killed(signal: 9))
        // With a core dump.
        #expect(ProcessEnd(status: 0x80 | 11) == .killed(signal: 11))
    }
}
