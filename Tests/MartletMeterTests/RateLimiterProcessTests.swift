import MartletCore
import MartletMeter
import MartletStore
import MartletTesting
import SQL
import Testing

@Suite struct `A rate limiter shared by processes` {
    private let folder = TemporaryFolder()

    @Test func `admits exactly the limit, however many ask`() throws {
        let probes = try (0..<8).map { _ in try ProbeProcess(["hammer", folder.path, "60", "100"]) }
        let admitted = probes.map { Int(String(decoding: $0.finish().dropLast(), as: UTF8.self)) }
        #expect(admitted.allSatisfy { $0 != nil })
        #expect(admitted.reduce(0) { $0 + ($1 ?? 0) } == 60)
    }

    @Test func `loses no admission when processes are killed anywhere`() throws {
        let limit = 1_000_000
        var reported = 0
        var killed = 0
        for _ in 0..<3 {
            let probes = try (0..<6).map { _ in try ProbeProcess(["stream", folder.path, "\(limit)"]) }
            for probe in probes.shuffled() {
                reported += probe.read(atMost: .random(in: 1...60)).count
                probe.kill()
                reported += probe.finish().count
                killed += 1
            }
        }
        let demand = LimitDemand(LimitSubject(.key, "shared"), RateRule(requestsPerMinute: limit))
        let limiter = RateLimiter(store: WindowStore(folder: folder.path, busyLimit: .seconds(10)))
        let states = try limiter.peek([demand]).states()
        let counted = limit - (states.first?.remaining ?? limit)
        // Each may have died between being counted and saying so.
        #expect(reported...(reported + killed) ~= counted)
        let name = try #require(folder.fileNames.first { $0.hasSuffix(".db") })
        let connection = try SQLiteConnection(SQLiteLocation(path: folder.path + "/" + name))
        #expect(try connection.rows("PRAGMA integrity_check").map(\.values) == [["ok"]])
    }

    @Test func `is off while the disk is full, and on again when it is not`() throws {
        let lines = try lines(["cramped", folder.path, "16000"])
        #expect(lines.count == 3)
        #expect(lines.first?.hasPrefix("log ") == true)
        #expect(lines.dropFirst() == ["cramped 0", "roomy 1"])
    }

    @Test func `is off while the file must not be written, and on again when it may`() throws {
        let lines = try lines(["forbidden", folder.path])
        #expect(lines.count == 3)
        #expect(lines.first?.hasPrefix("log readOnly") == true)
        #expect(lines.dropFirst() == ["forbidden 0", "allowed 1"])
    }

    private func lines(_ arguments: [String]) throws -> [Substring] {
        String(decoding: try ProbeProcess(arguments).finish(), as: UTF8.self).split(separator: "\n")
    }
}
