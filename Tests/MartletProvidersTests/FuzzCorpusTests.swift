import Foundation
import FuzzSubject
import Testing

@Suite("The corpus of the fuzzer")
struct FuzzCorpusTests {
    private static let files: [URL] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../fuzz/corpus")
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (found?.compactMap { $0 as? URL } ?? []).filter { !$0.hasDirectoryPath }
    }()

    @Test func `there is a corpus`() { #expect(Self.files.count >= 100) }

    @Test(arguments: files)
    func `an input that was found once contradicts nothing`(file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        Subject(try #require(bytes.first)).take(Array(bytes.dropFirst()))
    }
}
