import HTTPTypes
import MartletCore
import Testing

@testable import MartletProviders

@Suite struct OneMinAssetsTests {
    private static let endpoint = Endpoint(origin: "https://vendor.test", key: Secret("key"))

    @Test func `a file is one part of a form, with its name, its type and its bytes`() throws {
        let bytes = try MediaBytes(decoding: Base64Text(SourceText("AAEC/w==")))
        let file = AssetFile(name: "picture.PNG", type: "image/png", bytes: bytes)
        let request = OneMinAssets().uploadRequest(for: file, at: Self.endpoint)
        #expect(request.method == .post)
        #expect(request.url == "https://vendor.test/api/assets")
        #expect(request.fields[.oneMinKey] == "key")
        #expect(request.body == nil)
        let type = try #require(request.fields[.contentType])
        let boundary = try #require(type.split(separator: "boundary=").last)
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"asset\"; filename=\"picture.png\"\r\n"
            + "Content-Type: image/png\r\n\r\n"
        let whole = Array(head.utf8) + [0, 1, 2, 255] + Array("\r\n--\(boundary)--\r\n".utf8)
        #expect(request.pieces.flatMap(\.array) == whole)
        #expect(request.pieces.reduce(0) { $0 + $1.count } == whole.count)
    }

    @Test(arguments: [
        ("notes.md", "text/markdown", "notes.md.txt", "text/plain"),
        ("a.b.PY", "text/x-python", "a.b.py.txt", "text/plain"),
        ("paper.pdf", "application/pdf", "paper.pdf", "application/pdf"),
        ("noname", "x/y", "noname.txt", "text/plain"),
        ("", "", "file.txt", "text/plain"), (".md", "", "file.md.txt", "text/plain"),
        ("dot.", "a/b", "dot..txt", "text/plain"),
        ("../../e t\"c\r\n.pdf", "application/pdf", ".._.._e_t_c__.pdf", "application/pdf"),
        ("Größe.pdf", "application/pdf\r\nX: y", "Gr__e.pdf", "application/octet-stream"),
        ("a.mp3", "audio", "a.mp3", "application/octet-stream"),
    ])
    func `names get an ending that is taken, and nothing that breaks out`(
        name: String,
        type: String,
        sentName: String,
        sentType: String
    ) {
        let accepted = OneMinAssets.accepted(name: name, type: type)
        #expect(accepted.name == sentName)
        #expect(accepted.type == sentType)
    }

    @Test(arguments: [
        (
            #"{"asset":{"key":"k"},"fileContent":{"uuid":"u","path":"images/a.png"}}"#, "images/a.png",
            "u" as String?
        ),
        (#"{"fileContent":{"path":"/images/a.png","uuid":""}}"#, "images/a.png", nil),
        (#"{"fileContent":{"uuid":"u"},"asset":{"key":"images/k.png"}}"#, "images/k.png", "u"),
        (#"{"asset":{"key":"development/images/k.png"}}"#, "development/images/k.png", nil),
        (#"{"assetPath":"//a"}"#, "a", nil), (#"{"path":"a","uuid":"root"}"#, "a", "root"),
        (#"{"result":{"path":"a"}}"#, "a", nil), (#"{"fileContent":{"path":""},"path":"b"}"#, "b", nil),
        (#"{"fileContent":{"path":5},"result":{"path":"c"}}"#, "c", nil),
    ])
    func `an answer names the asset in every shape that was met`(text: String, path: String, id: String?)
        throws
    {
        #expect(try OneMinAssets().asset(in: Array(text.utf8)) == Asset(path: path, id: id))
    }

    @Test(arguments: [
        ("", UpstreamFailure.Kind.serverFailed), ("[]", .serverFailed), ("{}", .serverFailed),
        ("{\"fileContent\":", .serverFailed),
        ("<html>http://10.0.0.7</html>", .serverFailed), (#"{"fileContent":{"path":"/"}}"#, .serverFailed),
        (#"{"errorCode":"UNSUPPORTED_FILE_TYPE","message":"no"}"#, .requestRefused),
        (#"{"error":{"code":"INSUFFICIENT_CREDITS"}}"#, .creditExhausted),
    ])
    func `an answer without an asset is a failure`(text: String, kind: UpstreamFailure.Kind) {
        #expect {
            try OneMinAssets().asset(in: Array(text.utf8))
        } throws: { error in
            (error as? UpstreamFailure)?.kind == kind && !"\(error)".contains("10.0.0.7")
        }
    }

    @Test func `an asset is deleted by its id, and never by what is none`() {
        let adapter = OneMinAssets()
        let request = adapter.deletionRequest(for: Asset(path: "p", id: "1-a_B"), at: Self.endpoint)
        #expect(request?.method == .delete)
        #expect(request?.url == "https://vendor.test/api/assets/1-a_B")
        #expect(request?.fields[.oneMinKey] == "key")
        for id in [nil, "../teams", "a/b", "a?b", "ä"] as [String?] {
            #expect(adapter.deletionRequest(for: Asset(path: "p", id: id), at: Self.endpoint) == nil)
        }
    }
}
