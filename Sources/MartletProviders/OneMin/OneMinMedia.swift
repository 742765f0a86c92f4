import MartletCore

/// The files of a conversation, as 1min.ai's chat takes them: lists beside the prompt, and marks inside it.
///
/// Pictures go by their path, documents by their id; a file that occurs twice is listed once. Source: 1min.ai's API
/// documentation, Chat with AI (2026-10).
struct OneMinMedia {
    private var images: [Asset] = []
    private var files: [Asset] = []

    /// Gathers what has been uploaded.
    init(in request: ChatRequest) {
        for case .media(let media) in request.messages.lazy.flatMap(\.parts) {
            guard let asset = media.asset else { continue }
            if Self.isImage(media) {
                if !images.contains(asset) { images.append(asset) }
            } else if !files.contains(asset) {
                files.append(asset)
            }
        }
    }

    /// How many different files.
    var count: Int { images.count + files.count }

    /// `{"images":[path],"files":[uuid]}` with the lists that have something; nil without any.
    var attachments: JSON? {
        guard count > 0 else { return nil }
        var object = JSONObject()
        if !images.isEmpty { object["images"] = .array(images.map { .string($0.path) }) }
        if !files.isEmpty { object["files"] = .array(files.map { .string($0.id ?? $0.path) }) }
        return .object(object)
    }

    /// What stands in the prompt where a file belongs, for example `[image 2]`.
    func mark(of media: Media) -> String? {
        guard let asset = media.asset else { return nil }
        if let index = images.firstIndex(of: asset) { return "[image \(index + 1)]" }
        guard let index = files.firstIndex(of: asset) else { return nil }
        let name = media.fileName.map { ": " + $0.filter { $0 != "\n" && $0 != "]" }.prefix(100) } ?? ""
        return "[file \(index + 1)\(name)]"
    }

    /// Uploads what is not there yet, in the order of the conversation.
    static func prepare(
        _ request: ChatRequest,
        at endpoint: Endpoint,
        keeping assets: any AssetKeeper
    ) throws -> ChatRequest {
        var prepared = request
        for (turn, message) in request.messages.enumerated() {
            for (place, part) in message.parts.enumerated() {
                guard case .media(var media) = part, media.asset == nil else { continue }
                guard media.kind != .audio, let content = media.content else { throw unsupported(media) }
                let asset = try assets.asset(of: content, through: OneMinAssets(), at: endpoint)
                guard isImage(media) || asset.id != nil else {
                    throw UpstreamFailure(.serverFailed, text: "The upload of a document gave no id.")
                }
                media.asset = asset
                prepared.messages[turn].parts[place] = .media(media)
            }
        }
        return prepared
    }

    /// The refusal of what 1min.ai's chat does not take.
    static func unsupported(_ media: Media) -> GatewayError {
        let advice =
            media.kind == .audio
            ? "sound is not taken in a chat. Send it to POST /v1/audio/transcriptions, and its text here."
            : "\(media.kind.rawValue) input is not supported on this route; send text."
        return GatewayError(
            .invalidRequest,
            "'\(media.path)': \(advice)",
            parameter: media.path,
            code: "unsupported_content_type"
        )
    }

    private static func isImage(_ media: Media) -> Bool {
        media.kind == .image || media.content?.format.isImage == true
    }
}
