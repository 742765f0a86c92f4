import MartletStore
import MartletTesting
import Testing

@Suite("Presence of processes")
struct ProcessPresenceTests {
    @Test func `who holds a name is alive, and nobody else`() throws {
        let folder = TemporaryFolder()
        var other: ProcessPresence? = ProcessPresence(folder: folder.path)
        let own = ProcessPresence(folder: folder.path)
        let name = try #require(other?.name)
        #expect(own.isAlive(own.name) && own.isAlive(name))
        #expect(own.isAlive(name), "looking ends nobody")
        #expect(other?.isAlive(own.name) == true)
        other = nil
        #expect(!own.isAlive(name) && !own.isAlive("nobody"))
    }
}
