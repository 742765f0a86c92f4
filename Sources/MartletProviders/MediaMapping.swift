import MartletCore

/// Reads the pictures, sounds and documents of a request, as all client dialects spell them.
///
/// The bytes themselves are looked at later, where they are fetched or decoded.
enum MediaMapping {
    /// The longest address, in characters; longer ones are refused by web servers as well.
    private static let longestAddress = 8_192

    /// A part of OpenAI's chat: `{"type":"image_url","image_url":{"url","detail"}}`, or with the bare address.
    static func image(fromChatPart part: BodyReader) throws(GatewayError) -> Media {
        let field = try part.required("image_url")
        guard field.value.objectValue != nil else {
            return try media(.image, at: field, path: part.path)
        }
        var media = try media(.image, at: try field.required("url"), path: part.path)
        media.detail = try detail(in: field)
        return media
    }

    /// A part with sound: `{"type":"input_audio","input_audio":{"data","format"}}`.
    static func audio(fromPart part: BodyReader) throws(GatewayError) -> Media {
        let sound = try part.required("input_audio")
        var media = try media(.audio, base64: try sound.required("data"), path: part.path)
        media.claimedType = try sound.required("format").string()
        return media
    }

    /// A part of OpenAI's chat: `{"type":"file","file":{"file_data"|"file_id","filename"}}`.
    static func file(fromChatPart part: BodyReader) throws(GatewayError) -> Media {
        let file = try part.required("file")
        var media: Media
        if let identifier = try file.field("file_id") {
            media = Media(kind: .file, source: .file(try identifier.string()), path: part.path)
        } else if let content = try file.field("file_data") {
            media = try self.media(.file, base64: content, path: part.path)
        } else {
            throw file.error("needs 'file_data' or 'file_id'.", code: "missing_required_parameter")
        }
        media.fileName = try file.field("filename")?.string()
        return media
    }

    /// `detail` of a picture, `original` counting as `high`.
    static func detail(in object: BodyReader) throws(GatewayError) -> Media.Detail? {
        guard let field = try object.field("detail") else { return nil }
        let word = try field.string()
        if word == "original" { return .high }
        guard let detail = Media.Detail(rawValue: word) else {
            throw field.error("must be 'auto', 'low', 'high' or 'original'.")
        }
        return detail
    }

    /// A `data:` address with the bytes, or the `https:` address of them.
    ///
    /// `path` is the part's place, which errors about its content will name.
    static func media(
        _ kind: Media.Kind,
        at address: BodyReader,
        path: String
    ) throws(GatewayError) -> Media {
        let text = try address.text()
        do throws(DataURI.Fault) {
            return media(kind, in: try DataURI(text), path: path)
        } catch {
            if error == .otherScheme { return try remote(kind, text, at: address, path: path) }
            throw Self.fault(error, of: address)
        }
    }

    /// Bytes in base64, with or without `data:` and what belongs to it in front.
    static func media(
        _ kind: Media.Kind,
        base64 field: BodyReader,
        path: String
    ) throws(GatewayError) -> Media {
        let text = try field.text()
        do throws(DataURI.Fault) {
            return media(kind, in: try DataURI(text), path: path)
        } catch {
            guard error == .otherScheme else { throw Self.fault(error, of: field) }
            return Media(kind: kind, source: .base64(Base64Text(text)), path: path)
        }
    }

    private static func media(_ kind: Media.Kind, in uri: DataURI, path: String) -> Media {
        var media = Media(kind: kind, source: .base64(uri.content), path: path)
        media.claimedType = uri.type.isEmpty ? nil : uri.type
        return media
    }

    private static func remote(
        _ kind: Media.Kind,
        _ text: SourceText,
        at address: BodyReader,
        path: String
    ) throws(GatewayError) -> Media {
        guard text.sourceCount <= longestAddress else {
            throw address.error("is too long for an address.", code: "invalid_\(kind.rawValue)_url")
        }
        let url = text.string
        guard ["https://", "http://"].contains(where: { url.lowercased().hasPrefix($0) }) else {
            throw address.error(
                "must be a data URI (data:…;base64,…) or an https address.",
                code: "invalid_\(kind.rawValue)_url"
            )
        }
        return Media(kind: kind, source: .url(url), path: path)
    }

    private static func fault(_ fault: DataURI.Fault, of field: BodyReader) -> GatewayError {
        switch fault {
        case .otherScheme, .noComma:
            field.error("is a data URI without a comma: send data:TYPE;base64,BYTES.", code: "invalid_base64")
        case .notBase64:
            field.error(
                "is a data URI that is not base64: send data:TYPE;base64,BYTES.",
                code: "invalid_base64"
            )
        }
    }
}

extension Message {
    /// A user's message with the pictures and files among `parts`; none without any.
    static func showing(_ parts: [Part]) -> [Message] {
        let shown = parts.filter { if case .media = $0 { true } else { false } }
        return shown.isEmpty ? [] : [Message(role: .user, parts: shown)]
    }
}
