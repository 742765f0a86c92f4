public import HTTPTypes
public import MartletCore

/// 1min.ai's pictures and sounds: one address for all of them, a type for each.
///
/// Source: 1min.ai's API documentation, Image and Audio (2026-10).
public struct OneMinJobs: MediaAdapter {
    /// `1min.ai`.
    public let name = "1min.ai"
    /// Where finished files are read, for example `https://asset.1min.ai`; used where no signed address is given.
    let assetOrigin: String

    /// Makes the adapter.
    public init(assetOrigin: String) {
        self.assetOrigin = assetOrigin
    }

    /// See `OneMinErrors`.
    public func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        OneMinErrors.failure(status: status, fields: fields, body: body)
    }

    /// `POST /api/features`.
    func job(
        _ type: String,
        model: ModelName,
        fields: JSONObject,
        conversation: Bool = false,
        at endpoint: Endpoint
    ) -> UpstreamRequest {
        var body: JSONObject = ["type": .string(type), "model": .string(model.text)]
        // Documented as required for these; the name of the type stands for "none".
        if conversation { body["conversationId"] = .string(type) }
        body["promptObject"] = .object(fields)
        return UpstreamRequest(
            method: .post,
            url: endpoint.origin + "/api/features",
            fields: [.contentType: "application/json", .oneMinKey: endpoint.key.revealed, .accept: "*/*"],
            body: JSON.object(body).serialized()
        )
    }

    /// Reads the record of an answer.
    ///
    /// - Throws: what a refusal or a failed record says.
    func record(in answer: UpstreamAnswer) throws(UpstreamFailure) -> OneMinJobRecord {
        guard answer.isSuccess else {
            throw OneMinErrors.failure(status: answer.status, fields: answer.fields, body: answer.body)
        }
        guard let json = try? JSON.parse(answer.body), json.objectValue != nil else {
            throw UpstreamFailure(.serverFailed, text: "The answer cannot be read.")
        }
        let record = OneMinJobRecord(json, assetOrigin: assetOrigin)
        if let failure = record.failure { throw failure }
        return record
    }

    /// Uploads a file; its path, by which jobs name it.
    func upload(_ file: MediaFile, at endpoint: Endpoint, calling caller: any UpstreamCaller) throws -> String
    {
        let assets = OneMinAssets()
        let request = assets.uploadRequest(
            for: AssetFile(name: file.name, type: file.type, bytes: MediaBytes(file.bytes)),
            at: endpoint
        )
        let answer = try caller.call(request)
        guard answer.isSuccess else {
            throw assets.failure(status: answer.status, fields: answer.fields, body: answer.body)
        }
        return try assets.asset(in: answer.body).path
    }
}

extension OneMinJobs {
    /// Known to be good and cheap, in this order; whichever of them the catalogue still has.
    public func preferredModels(for use: ModelCard.Use) -> [ModelName] {
        switch use {
        case .imageGeneration, .imageEditing: ["gpt-image-1-mini", "gpt-image-1", "gpt-image-2"]
        case .imageVariation: ["dall-e-2", "black-forest-labs/flux-redux-dev", "clipdrop"]
        case .speech: ["tts-1", "tts-1-hd"]
        case .transcription, .translation: ["whisper-1"]
        case .chat, .code, .embedding, .moderation, .rerank: []
        }
    }

    /// Tries to write the fields.
    public func check(_ request: ImageRequest, model: ModelName) throws(GatewayError) {
        _ = try OneMinImageFields(request, model: model).object()
        guard request.sources.count <= 1 else {
            throw GatewayError(
                .invalidRequest,
                "1min.ai takes one picture to start from; \(request.sources.count) were sent.",
                parameter: "image",
                code: "unsupported_value"
            )
        }
    }

    /// Uploads the picture to start from, looks up a style where the family needs one, and writes the request.
    public func imageJob(
        for request: ImageRequest,
        model: ModelName,
        at endpoint: Endpoint,
        calling caller: any UpstreamCaller
    ) throws -> UpstreamRequest {
        let writer = OneMinImageFields(request, model: model)
        var fields = try writer.object()
        if writer.needsStyleCode {
            let answer = try caller.call(OneMinStyles.request(at: endpoint))
            for (name, value) in try OneMinStyles.fields(in: answer) { fields[name] = value }
        }
        if let source = request.sources.first {
            fields["imageUrl"] = .string(try upload(source, at: endpoint, calling: caller))
        }
        let type =
            switch request.task {
            case .generation: "IMAGE_GENERATOR"
            case .edit: "IMAGE_EDITOR"
            case .variation: "IMAGE_VARIATOR"
            }
        return job(type, model: model, fields: fields, at: endpoint)
    }

    /// Finds as many addresses as were asked for; a family that always makes four has more.
    public func images(
        in answer: UpstreamAnswer,
        for request: ImageRequest
    ) throws(UpstreamFailure) -> ImageAnswer {
        let record = try record(in: answer)
        let addresses = record.addresses
        guard !addresses.isEmpty else {
            throw UpstreamFailure(.serverFailed, text: "The answer holds no picture.")
        }
        return ImageAnswer(addresses: Array(addresses.prefix(request.count)), usage: record.usage)
    }
}
