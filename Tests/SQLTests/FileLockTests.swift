import MartletTesting
import SQL
import Testing

@Suite struct `A file lock` {
    private let folder = TemporaryFolder()

    private func lock(_ mode: FileLock.Mode) throws -> FileLock? {
        try FileLock(path: folder.path + "/lock", mode: mode)
    }

    @Test func `is held by one until it is let go`() throws {
        var held = try lock(.exclusive)
        #expect(held != nil)
        #expect(try lock(.exclusive) == nil)
        #expect(try lock(.shared) == nil)
        held = nil
        #expect(try lock(.exclusive) != nil)
    }

    @Test func `is shared by many, and then not exclusive`() throws {
        let sharers = [try lock(.shared), try lock(.shared)]
        #expect(!sharers.contains { $0 == nil })
        #expect(try lock(.exclusive) == nil)
        withExtendedLifetime(sharers) {}
    }
}
