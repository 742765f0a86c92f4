import MartletCore
import Testing

@testable import MartletProviders

@Suite struct OneMinMediaTests {
    /// Knows every file by the digest of its content.
    private final class Shelf: AssetKeeper {
        var asked: [String] = []
        var id: String? = "id"

        func asset(of content: MediaContent, through adapter: any AssetAdapter, at endpoint: Endpoint)
            -> Asset
        {
            asked.append(content.digest)
            return Asset(path: "p/\(content.digest)", id: id.map { "\($0)-\(content.digest)" })
        }
    }

    private static let endpoint = Endpoint(origin: "https://vendor.test", key: Secret("key"))

    private static func media(_ kind: Media.Kind, _ digest: String, _ format: MediaFormat? = .png) -> Part {
        var media = Media(kind: kind, source: .bytes(MediaBytes([1])), path: "messages[0].content[1]")
        media.content = format.map {
            MediaContent(bytes: MediaBytes([1]), format: $0, digest: digest, name: "name.\($0.ending)")
        }
        media.fileName = kind == .file ? "a]\nb.pdf" : nil
        return .media(media)
    }

    private static func prepared(_ messages: [Message], shelf: Shelf = Shelf()) throws -> ChatRequest {
        let request = ChatRequest(model: "gpt-4o", messages: messages)
        return try OneMinAdapter().prepare(request, at: endpoint, keeping: shelf)
    }

    private static func promptObject(_ request: ChatRequest) throws -> JSON {
        let body = try OneMinAdapter().upstreamRequest(for: request, at: endpoint).body ?? []
        return try JSON.parse(body)["promptObject"] ?? .null
    }

    @Test func `pictures go by path, documents by id, each once, and the prompt marks their places`() throws {
        let request = try Self.prepared([
            Message(
                role: .user,
                parts: [.text("one"), Self.media(.image, "a"), Self.media(.file, "d", .pdf)]
            ),
            Message(role: .assistant, parts: [.text("yes")]),
            Message(role: .user, parts: [Self.media(.image, "b"), .text("and"), Self.media(.image, "a")]),
        ])
        let prompt = try Self.promptObject(request)
        #expect(prompt["attachments"] == ["images": ["p/a", "p/b"], "files": ["id-d"]])
        #expect(
            prompt["prompt"]?.stringValue
                == "User: one\n[image 1]\n[file 1: ab.pdf]\n\nAssistant: yes\n\nUser: [image 2]\nand\n[image 1]"
        )
    }

    @Test func `a document that is a picture is attached as one`() throws {
        let request = try Self.prepared([
            Message(role: .user, parts: [.text("x"), Self.media(.file, "a", .gif)])
        ])
        #expect(try Self.promptObject(request)["attachments"] == ["images": ["p/a"]])
    }

    @Test func `without files there are no attachments`() throws {
        let prompt = try Self.promptObject(try Self.prepared([Message(role: .user, parts: [.text("x")])]))
        #expect(prompt["attachments"] == nil)
        #expect(prompt["prompt"]?.stringValue == "x")
    }

    @Test func `what is there already is not asked for again`() throws {
        let shelf = Shelf()
        let once = try Self.prepared([Message(role: .user, parts: [Self.media(.image, "a")])], shelf: shelf)
        _ = try OneMinAdapter().prepare(once, at: Self.endpoint, keeping: shelf)
        #expect(shelf.asked == ["a"])
    }

    @Test func `sound and what nobody has looked at are refused by name`() {
        for part in [Self.media(.audio, "a"), Self.media(.image, "a", nil)] {
            #expect {
                try Self.prepared([Message(role: .user, parts: [part])])
            } throws: { error in
                let error = error as? GatewayError
                return error?.kind == .invalidRequest && error?.parameter == "messages[0].content[1]"
            }
        }
    }

    @Test func `a document without an id cannot be named`() {
        let shelf = Shelf()
        shelf.id = nil
        #expect(throws: UpstreamFailure.self) {
            try Self.prepared([Message(role: .user, parts: [Self.media(.file, "d", .pdf)])], shelf: shelf)
        }
    }

    @Test func `the code models take no files at all`() throws {
        let request = try Self.prepared([Message(role: .user, parts: [Self.media(.image, "a")])])
        #expect(throws: GatewayError.self) {
            try OneMinCodeAdapter().upstreamRequest(for: request, at: Self.endpoint)
        }
    }
}
