/// A file in a multipart body, read as leniently as a test needs.
struct UploadedFile: Sendable {
    let name: String
    let type: String
    let bytes: [UInt8]

    init(name: String, type: String, bytes: [UInt8]) {
        self.name = name
        self.type = type
        self.bytes = bytes
    }

    /// What stands behind the last dot of the name.
    var ending: String? {
        guard let dot = name.lastIndex(of: "."), name.index(after: dot) < name.endIndex else { return nil }
        return String(name[name.index(after: dot)...])
    }

    /// Finds the part `field`; nil when there is none or it has no file name.
    init?(in body: [UInt8], contentType: String, field: String) {
        guard let boundary = Self.value("boundary", in: contentType) else { return nil }
        let mark = Array("--\(boundary)".utf8)
        guard let start = Self.find(mark, in: body[...]),
            let headEnd = Self.find(Array("\r\n\r\n".utf8), in: body[start...]),
            let end = Self.find(Array("\r\n".utf8) + mark, in: body[(headEnd + 2)...])
        else { return nil }
        let head = String(decoding: body[start..<headEnd], as: UTF8.self)
        guard Self.value("name", in: head) == field, let name = Self.value("filename", in: head) else {
            return nil
        }
        self.name = name
        let typeLine = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-type:") }
        type = typeLine.map { String($0.dropFirst(13).drop { $0 == " " }) } ?? "application/octet-stream"
        bytes = Array(body[(headEnd + 4)..<max(end, headEnd + 4)])
    }

    private static func value(_ key: String, in text: String) -> String? {
        for part in text.split(whereSeparator: { $0 == ";" || $0 == "\r\n" }) {
            let trimmed = part.drop { $0 == " " }
            guard trimmed.hasPrefix(key + "=") else { continue }
            return String(trimmed.dropFirst(key.count + 1)).filter { $0 != "\"" }
        }
        return nil
    }

    private static func find(_ needle: [UInt8], in hay: ArraySlice<UInt8>) -> Int? {
        guard hay.count >= needle.count else { return nil }
        return (hay.startIndex...(hay.endIndex - needle.count)).first { hay[$0...].starts(with: needle) }
    }
}
