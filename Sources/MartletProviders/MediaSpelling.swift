import MartletCore

/// Spells the files of a request as vendors want them inside of their JSON.
enum MediaSpelling {
    /// The bytes in base64; nil where only the address is known.
    static func base64(_ media: Media) -> JSON? {
        switch media.source {
        case .base64(let text): return .longString(text.source)
        case .bytes(let bytes): return encoded(bytes)
        case .url, .file: return media.content.map { encoded($0.bytes) }
        }
    }

    /// `data:TYPE;base64,BYTES`; nil where only the address is known.
    static func dataURI(_ media: Media) -> JSON? {
        guard let text = base64(media)?.stringValue else { return nil }
        return .string("data:\(type(of: media));base64,\(text)")
    }

    /// The address or the data URI; nil for a file that nobody has fetched.
    static func address(_ media: Media) -> JSON? {
        if case .url(let address) = media.source, media.content == nil { return .string(address) }
        return dataURI(media)
    }

    /// What it is: by its bytes where somebody has looked, else as the client says.
    static func type(of media: Media) -> String {
        if let type = media.content?.format.type { return type }
        if let claimed = media.claimedType {
            if claimed.contains("/") { return claimed }
            return "\(media.kind == .audio ? "audio" : "application")/\(claimed == "mp3" ? "mpeg" : claimed)"
        }
        switch media.kind {
        case .image: return "image/png"
        case .audio: return "audio/wav"
        case .file: return "application/pdf"
        }
    }

    /// Whether its bytes are a text, which many vendors want as one.
    static func text(of media: Media) -> String? {
        guard type(of: media).hasPrefix("text/"), let bytes = media.content?.bytes.array else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func encoded(_ bytes: MediaBytes) -> JSON {
        // The quotes are JSON's.
        let quoted = Base64Encoding.quoted(bytes.array)
        return .string(String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self))
    }
}
