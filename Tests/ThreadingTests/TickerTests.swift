import Glibc
import Synchronization
import Testing
import Threading

@Suite struct `A ticker` {
    @Test func `runs each job again and again`() throws {
        var ends: [CInt] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer { for end in ends { close(end) } }
        let ticker = try Ticker(jobs: [
            .init(every: .milliseconds(1)) { _ = write(writing, "a", 1) },
            .init(every: .milliseconds(2)) { _ = write(writing, "b", 1) },
        ])
        var seen: [UInt8: Int] = [:]
        while seen.count < 2 || seen.values.contains(where: { $0 < 3 }) {
            var byte: UInt8 = 0
            guard read(reading, &byte, 1) == 1 else { break }
            seen[byte, default: 0] += 1
        }
        ticker.stop()
        #expect(seen[UInt8(ascii: "a"), default: 0] >= 3 && seen[UInt8(ascii: "b"), default: 0] >= 3)
    }

    @Test func `stops at once although no job is due`() throws {
        let ran = SharedFlag()
        let ticker = try Ticker(jobs: [.init(every: .seconds(3600)) { ran.raise() }])
        ticker.stop()
        #expect(!ran.isRaised)
    }
}

private final class SharedFlag: Sendable {
    private let value = Atomic<Bool>(false)

    func raise() { value.store(true, ordering: .releasing) }
    var isRaised: Bool { value.load(ordering: .acquiring) }
}
