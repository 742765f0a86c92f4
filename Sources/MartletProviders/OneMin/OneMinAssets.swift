public import HTTPTypes
public import MartletCore

/// 1min.ai's assets: files are uploaded first and then named by their path (pictures, sounds) or id (documents).
///
/// Source: 1min.ai's API documentation, Asset API (2026-10). Size limits are not documented; what the service
/// refuses comes back as its own error.
public struct OneMinAssets: AssetAdapter {
    /// `1min.ai`.
    public let name = "1min.ai"

    /// Makes the adapter.
    public init() {}

    /// `POST /api/assets`: one part `asset` of `multipart/form-data`, its bytes decoded while they are sent.
    public func uploadRequest(for file: AssetFile, at endpoint: Endpoint) -> UpstreamRequest {
        let boundary = "martlet-" + RandomText.alphanumeric(32)
        let (name, type) = Self.accepted(name: file.name, type: file.type)
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"asset\"; filename=\"\(name)\"\r\n"
            + "Content-Type: \(type)\r\n\r\n"
        var fields: HTTPFields = [.contentType: "multipart/form-data; boundary=\(boundary)"]
        fields[.oneMinKey] = endpoint.key.revealed
        fields[.accept] = "application/json"
        var request = UpstreamRequest(method: .post, url: endpoint.origin + "/api/assets", fields: fields)
        request.pieces = [
            MediaBytes(Array(head.utf8)), file.bytes, MediaBytes(Array("\r\n--\(boundary)--\r\n".utf8)),
        ]
        return request
    }

    /// Reads `fileContent.path` and `fileContent.uuid`, or the other places where a path was met.
    public func asset(in body: [UInt8]) throws(UpstreamFailure) -> Asset {
        guard let json = try? JSON.parse(body), json.objectValue != nil else {
            throw UpstreamFailure(.serverFailed, text: "The upload's answer cannot be read.")
        }
        let places = [
            json["fileContent"]?["path"], json["asset"]?["key"], json["assetPath"], json["path"],
            json["result"]?["path"],
        ]
        let path = places.lazy.compactMap { $0?.stringValue }.map { $0.drop { $0 == "/" } }
            .first { !$0.isEmpty }
        guard let path else {
            // An error under status 200 looks like any other.
            var failure = OneMinErrors.failure(status: 500, fields: [:], body: body)
            failure.status = nil
            throw failure
        }
        let identifier = json["fileContent"]?["uuid"]?.stringValue ?? json["uuid"]?.stringValue
        return Asset(path: String(path), id: identifier.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// `DELETE /api/assets/{uuid}`.
    public func deletionRequest(for asset: Asset, at endpoint: Endpoint) -> UpstreamRequest? {
        guard let identifier = asset.id, identifier.utf8.allSatisfy(Self.isPlain) else { return nil }
        return UpstreamRequest(
            method: .delete,
            url: endpoint.origin + "/api/assets/" + identifier,
            fields: [.oneMinKey: endpoint.key.revealed, .accept: "application/json"]
        )
    }

    /// See `OneMinErrors`.
    public func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        OneMinErrors.failure(status: status, fields: fields, body: body)
    }

    /// Text formats that are refused by name and read gladly as `.txt`.
    private static let renamed: Set<String> = [
        "md", "markdown", "mdown", "mkd", "rst", "adoc", "tex", "log", "ini", "cfg", "conf", "toml", "yaml",
        "yml",
        "json", "jsonl", "ndjson", "xml", "sql", "sh", "py", "js", "mjs", "ts", "tsx", "jsx", "java", "c",
        "h",
        "cpp", "hpp", "cc", "cs", "go", "rs", "rb", "php", "swift", "kt", "scala", "lua", "r", "pl", "css",
        "diff",
        "patch", "srt", "vtt", "tsv", "eml",
    ]

    /// A name with an ending and a type that the service takes: it refuses files without one, and Markdown.
    static func accepted(name: String, type: String) -> (name: String, type: String) {
        let printable = name.unicodeScalars.map { scalar -> Character in
            let isSafe = scalar.isASCII && scalar.value > 0x20 && scalar.value < 0x7F
            return isSafe && !"\"\\/;%<>|?*:".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        let whole = String(printable.suffix(120))
        guard let dot = whole.lastIndex(of: "."), whole.index(after: dot) < whole.endIndex else {
            return ((whole.isEmpty ? "file" : whole) + ".txt", "text/plain")
        }
        let ending = whole[whole.index(after: dot)...].lowercased()
        let stem = whole[..<dot].isEmpty ? "file" : String(whole[..<dot])
        if renamed.contains(ending) { return ("\(stem).\(ending).txt", "text/plain") }
        return ("\(stem).\(ending)", isType(type) ? type : "application/octet-stream")
    }

    /// Whether a text can stand behind `Content-Type:`.
    private static func isType(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && text.contains("/")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }
}
