import MartletAccounts
import MartletCore
import MartletProviders

/// Looks at the files of a request: what they are by their bytes, and whether the model takes them.
///
/// CPU only; what must be fetched is looked at when it has come. Safe from any thread.
struct MediaInspector: Sendable {
    /// A conversation has no more files.
    private static let mostFiles = 100

    /// Checks the media of `chat` and fills in the content of those whose bytes came with it.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the part.
    func inspect(_ chat: inout ChatRequest, for card: ModelCard) throws(GatewayError) {
        var count = 0
        for turn in chat.messages.indices {
            for place in chat.messages[turn].parts.indices {
                guard case .media(var media) = chat.messages[turn].parts[place] else { continue }
                count += 1
                guard count <= Self.mostFiles else {
                    throw Self.error(media, "is one file too many: \(Self.mostFiles) are taken at most.")
                }
                try check(media, for: card)
                // Sound in a chat is the adapter's to take or to refuse.
                guard media.content == nil, media.kind != .audio else { continue }
                if case .base64(let text) = media.source {
                    media.content = try content(of: media, decoding: text)
                } else if case .bytes(let bytes) = media.source {
                    media.content = try content(of: media, bytes: bytes)
                }
                try check(media, for: card)
                chat.messages[turn].parts[place] = .media(media)
            }
        }
    }

    /// Refuses pictures that the model cannot see, before or after they were recognised.
    func check(_ media: Media, for card: ModelCard) throws(GatewayError) {
        let isImage = media.kind == .image || media.content?.format.isImage == true
        guard isImage, !card.readsImages else { return }
        throw GatewayError(
            .invalidRequest,
            "'\(media.path)': the model '\(card.id)' does not read images. GET /v1/models tells which do.",
            parameter: media.path,
            code: "image_input_not_supported"
        )
    }

    /// The content of media in base64.
    private func content(of media: Media, decoding text: Base64Text) throws(GatewayError) -> MediaContent {
        var head: [UInt8] = []
        var digest = ContentDigest()
        let bytes: MediaBytes
        do throws(Base64Error) {
            bytes = try MediaBytes(decoding: text) { piece in
                digest.add(piece)
                head += piece.prefix(ImageHeader.sufficientCount - head.count)
            }
        } catch {
            switch error {
            case .unexpectedCharacter(let offset):
                throw Self.error(
                    media,
                    "is not base64: the character at offset \(offset) of the data is none of its alphabet.",
                    code: "invalid_base64"
                )
            case .wrongLength:
                throw Self.error(media, "is not base64: it breaks off.", code: "invalid_base64")
            }
        }
        return try recognise(media, bytes: bytes, head: head, digest: digest.text)
    }

    /// The content of media whose bytes have come.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` when they are not what they should be.
    func content(of media: Media, bytes: MediaBytes) throws(GatewayError) -> MediaContent {
        var head: [UInt8] = []
        var digest = ContentDigest()
        bytes.inspect { piece in
            digest.add(piece)
            head += piece.prefix(ImageHeader.sufficientCount - head.count)
        }
        return try recognise(media, bytes: bytes, head: head, digest: digest.text)
    }

    private func recognise(
        _ media: Media,
        bytes: MediaBytes,
        head: [UInt8],
        digest: String
    ) throws(GatewayError) -> MediaContent {
        guard bytes.count > 0 else { throw Self.error(media, "is empty.") }
        if let (format, size) = ImageHeader.read(head) {
            let name = "image-\(digest.prefix(16)).\(format.ending)"
            return MediaContent(bytes: bytes, format: format, size: size, digest: digest, name: name)
        }
        guard media.kind != .image else {
            throw Self.error(
                media,
                "is no image that can be read: send JPEG, PNG, WebP or GIF.",
                code: "invalid_image"
            )
        }
        guard
            let format = DocumentFormat.find(
                head: head,
                isWhole: head.count == bytes.count,
                named: media.fileName
            )
        else {
            throw Self.error(
                media,
                "is no document that can be read: send PDF, an Office document, or text in UTF-8.",
                code: "unsupported_file_type"
            )
        }
        let stem = media.fileName.map { $0.prefix { $0 != "." } } ?? ""
        let name = "\(stem.isEmpty ? "file-\(digest.prefix(16))" : stem).\(format.ending)"
        return MediaContent(bytes: bytes, format: format, digest: digest, name: name)
    }

    /// An error that names a part.
    static func error(_ media: Media, _ problem: String, code: String = "invalid_value") -> GatewayError {
        GatewayError(.invalidRequest, "'\(media.path)' \(problem)", parameter: media.path, code: code)
    }
}
