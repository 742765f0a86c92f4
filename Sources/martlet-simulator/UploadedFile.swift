import MartletWeb

/// A file as it was uploaded.
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
    init?(in body: [UInt8], contentType: String?, field: String) {
        guard let form = try? MultipartForm(body, contentType: contentType),
            let part = form.parts(named: field).first, let name = part.fileName
        else { return nil }
        self.init(name: name, type: part.contentType ?? "application/octet-stream", bytes: Array(part.bytes))
    }
}
