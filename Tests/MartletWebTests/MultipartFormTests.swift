import MartletCore
import MartletTesting
import Testing

@testable import MartletWeb

@Suite("Multipart forms")
struct MultipartFormTests {
    private static let type = "multipart/form-data; boundary=X"

    private func form(
        _ body: String,
        type: String = Self.type,
        limits: MultipartForm.Limits = .init()
    ) throws -> MultipartForm {
        try MultipartForm(Array(body.utf8), contentType: type, limits: limits)
    }

    private func part(_ fields: String, _ bytes: String) -> String { "--X\r\n\(fields)\r\n\r\n\(bytes)\r\n" }

    private func problem(_ body: [UInt8], type: String? = Self.type) -> GatewayError? {
        do {
            _ = try MultipartForm(body, contentType: type)
            return nil
        } catch {
            return error
        }
    }

    @Test
    func `a form gives its fields and files in order`() throws {
        let body =
            part("Content-Disposition: form-data; name=\"model\"", "gpt-image-1")
            + part(
                "Content-Disposition: form-data; name=\"image[]\"; filename=\"a.png\"\r\nContent-Type: IMAGE/png; x=y",
                "\u{1}\r\n--Y\r\n--"
            ) + "--X--\r\n"
        let form = try form(body)
        #expect(form.parts.map(\.name) == ["model", "image[]"])
        #expect(form.parts[0].text == "gpt-image-1")
        #expect(form.parts[0].fileName == nil)
        #expect(form.parts[1].fileName == "a.png")
        #expect(form.parts[1].contentType == "image/png")
        #expect(form.parts[1].text == "\u{1}\r\n--Y\r\n--")
        #expect(form.parts(named: "model").count == 1)
    }

    @Test(arguments: [
        "\r\n--X", "--X", "\r\n--X-", "\r\n--Xtra\r\n", "\r\r\n", "\r\n", "", "\r\n--\r\n", "-", "\r",
        "\r\n--X y\r\n",
    ])
    func `what is nearly a boundary belongs to the part`(bytes: String) throws {
        let body =
            part("Content-Disposition: form-data; name=a", "1\(bytes)2")
            + part(
                "Content-Disposition: form-data; name=b",
                bytes + "3"
            )
        let form = try form(body + "--X--")
        #expect(form.parts.map(\.text) == ["1\(bytes)2", bytes + "3"])
    }

    @Test(arguments: ["", "preamble\r\n", "--Xtra\r\n", "\r\n"])
    func `a preamble and an epilogue are passed over`(preamble: String) throws {
        let body =
            preamble + part("Content-Disposition: form-data; name=a", "1") + "--X--\r\nepilogue\r\n--X\r\n"
        #expect(try form(body).parts.map(\.text) == ["1"])
    }

    @Test
    func `a part may be empty, and a boundary line may end with blanks`() throws {
        let form = try form("--X \t\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--X--")
        #expect(form.parts.map(\.text) == [""])
        #expect(
            try self.form("--X\r\nContent-Disposition: form-data; name=a\r\n\r\n--X--").parts[0].bytes.isEmpty
        )
    }

    @Test(arguments: [
        (#"name="a b"; filename="x;y.png""#, "a b", "x;y.png"), (#"name=a; filename=x.png"#, "a", "x.png"),
        (#"name="a"; filename="C:\dir\x.png""#, "a", "x.png"),
        (#"name="a"; filename="../../x.png""#, "a", "x.png"),
        (#"name="a%22b"; filename="\"q\\r\".png""#, "a\"b", "r\".png"),
        (#"NAME="a"; FileName="%0Dx""#, "a", "x"),
        (#"name="a"; filename="..""#, "a", "file"), (#"filename="n"; name="ü""#, "ü", "n"),
        (#"name="a"; filename="""#, "a", "file"), (#"name="a"; name="b"; filename=c"#, "a", "c"),
    ])
    func `names are read as browsers and libraries write them`(value: String, name: String, file: String)
        throws
    {
        let form = try form(part("content-disposition:form-data; \(value)", "") + "--X--")
        #expect(form.parts[0].name == name)
        #expect(form.parts[0].fileName == file)
    }

    @Test(arguments: [
        "multipart/form-data; boundary=\"X\"", "Multipart/Form-Data;boundary=X; charset=utf-8",
        "multipart/form-data; charset=utf-8; BOUNDARY=X",
    ])
    func `a boundary is found in every spelling`(type: String) throws {
        #expect(
            try form(part("Content-Disposition: form-data; name=a", "1") + "--X--", type: type).parts.count
                == 1
        )
    }

    @Test
    func `a form that is cut anywhere is refused, or is the whole form`() {
        let body = Array(
            (part("Content-Disposition: form-data; name=a", "1")
                + part("Content-Disposition: form-data; name=b", "2")
                + "--X--").utf8
        )
        for length in body.indices {
            #expect(problem(Array(body[..<length]))?.code == "invalid_multipart", "cut after \(length) bytes")
        }
        #expect(problem(body) == nil)
    }

    @Test(arguments: [
        nil, "", "application/json", "multipart/mixed; boundary=X", "multipart/form-data-x; boundary=X",
    ])
    func `another content type is refused as such`(type: String?) {
        #expect(problem([], type: type)?.kind == .unsupportedMediaType)
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=ü", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=" + String(repeating: "x", count: 71),
    ])
    func `a boundary that is none is refused`(type: String) {
        #expect(problem(Array("--X--".utf8), type: type)?.code == "invalid_multipart")
    }

    @Test(arguments: [
        "--X\r\n\r\nno name\r\n--X--", "--X\r\nContent-Disposition: form-data\r\n\r\n\r\n--X--",
        "--X\r\nContent-Disposition: attachment; name=a\r\n\r\n\r\n--X--",
        "--X\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n\r\n--X--",
        "--X\nContent-Disposition: form-data; name=a\n\n1\n--X--", "--X\r\nno colon\r\n\r\n\r\n--X--",
        "--X\r\nContent-Disposition: form-data; name=a\rx\r\n\r\n\r\n--X--",
        "--X\r\nContent-Disposition: form-data; name=a\u{0}\r\n\r\n\r\n--X--",
        "--X\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--X--",
        "--X\r\nContent-Disposition: form-data; name=\(String(repeating: "n", count: 300))\r\n\r\n\r\n--X--",
        "--X\r\nX: \(String(repeating: "n", count: 9_000))\r\n\r\n\r\n--X--",
    ])
    func `hostile parts are refused`(body: String) {
        #expect(problem(Array(body.utf8))?.code == "invalid_multipart")
    }

    @Test
    func `fields that are not text are refused, bytes of any kind are not`() throws {
        #expect(
            problem(Array("--X\r\nX: ".utf8) + [0xff] + Array("\r\n\r\n\r\n--X--".utf8))?.kind
                == .invalidRequest
        )
        let bytes = (0...255).map { UInt8($0) }
        let body =
            Array("--X\r\nContent-Disposition: form-data; name=a\r\n\r\n".utf8) + bytes
            + Array("\r\n--X--".utf8)
        let form = try MultipartForm(body, contentType: Self.type)
        #expect(Array(form.parts[0].bytes) == bytes)
        #expect(form.parts[0].text == nil)
    }

    @Test
    func `only so many parts are read`() throws {
        let body = String(repeating: part("Content-Disposition: form-data; name=a", "1"), count: 4) + "--X--"
        #expect(try form(body, limits: .init(parts: 4)).parts.count == 4)
        #expect(throws: GatewayError.self) { try form(body, limits: .init(parts: 3)) }
    }

    @Test
    func `megabytes of line ends are read in time`() throws {
        let bytes = String(repeating: "\r\n-", count: 700_000)
        #expect(
            try form(part("Content-Disposition: form-data; name=a", bytes) + "--X--").parts[0].bytes.count
                == 2_100_000
        )
    }
}
