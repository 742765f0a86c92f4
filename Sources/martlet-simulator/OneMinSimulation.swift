import HTTPTypes
import MartletCore
import MartletWeb

/// 1min.ai as far as a relay sees it: chat, models, assets, errors.
struct OneMinSimulation: Sendable {
    let counters = Counters()
    let assets = AssetShelf()
    /// Where all this is reached.
    let address: String

    /// The addresses, below `/simulator/onemin`.
    var routes: [Route] {
        [
            Route(.post, "/simulator/onemin/api/chat-with-ai", "Unified chat.", handler: chat),
            Route(.post, "/simulator/onemin/api/features", "Everything else.", handler: features),
            Route(.post, "/simulator/onemin/api/assets", "Upload.", handler: upload),
            Route(.delete, "/simulator/onemin/api/assets/{uuid}", "Deletion.", handler: delete),
            Route(.get, "/simulator/onemin/asset/{key*}", "An uploaded file.", handler: asset),
            Route(.get, "/simulator/onemin/models", "Models.", handler: models),
            Route(.get, "/simulator/onemin/api/dzine/styles", "Styles.", handler: styles),
            Route(.get, "/simulator/onemin/redirect", "A redirect inwards.", handler: redirect),
            Route(.post, "/simulator/forget-assets", "Lets go of all uploads.") { [assets] _, _, writer in
                assets.removeAll()
                try writer.sendEmpty(status: .noContent)
            },
            Route(.get, "/simulator/state", "What was seen.") { [counters] _, _, writer in
                try writer.send(counters.json)
            },
        ]
    }

    private func chat(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        guard try checkKey(request, writer) else { return }
        let bytes = try request.body.read(limit: 64 << 20)
        guard let body = try? JSON.parse(bytes), body.objectValue != nil else {
            return try refuse(writer, .badRequest, code: "INVALID_REQUEST", "The body is not JSON.")
        }
        guard let prompt = body["promptObject"]?["prompt"]?.stringValue else {
            return try writer.send(
                Self.error("PROMPT_OBJECT_VALIDATION_FAILED", "prompt must be a string", field: "prompt"),
                status: .unprocessableContent
            )
        }
        counters.countChat(body)
        let model = body["model"]?.stringValue ?? ""
        guard ModelShelf.isActive(model, feature: "UNIFY_CHAT_WITH_AI") else {
            let message = "The model \(model) is not supported"
            return try writer.send(
                ["errorCode": "UNSUPPORTED_MODEL", "message": .string(message)],
                status: .badRequest
            )
        }
        let searches =
            body["promptObject"]?["settings"]?["webSearchSettings"]?["webSearch"]?.boolValue ?? false
        if searches, model == "gpt-3.5-turbo" {
            return try refuse(writer, .badRequest, code: "INVALID_REQUEST", "Web search is not available.")
        }
        let attachments = body["promptObject"]?["attachments"]
        guard let sight = uploads.sight(of: attachments),
            attachments?["images"] == nil || ModelShelf.readsImages(model)
        else {
            return try refuse(writer, .badRequest, code: "INVALID_REQUEST", "The attachments cannot be used.")
        }
        let answer = SimulatedAnswer(
            model: model,
            prompt: prompt,
            searches: searches,
            sight: sight,
            counters: counters
        )
        try answer.write(isStreaming: request.query == "isStreaming=true", to: writer, context: context)
    }

    private func features(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws
    {
        guard try checkKey(request, writer) else { return }
        try FeatureSimulation(counters: counters, assets: assets, address: address).respond(
            request,
            context,
            writer
        )
    }

    private func styles(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        guard try checkKey(request, writer) else { return }
        try writer.send([
            "styleList": [
                ["name": "Watercolour", "style_code": "Style-1", "base_model": "XL"],
                ["name": "No Style", "style_code": "Style-0", "base_model": "XL"],
            ]
        ])
    }

    private func redirect(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws
    {
        context.responseFields[.location] = "http://169.254.169.254/latest/meta-data/"
        try writer.sendEmpty(status: .found)
    }

    private func upload(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        guard try checkKey(request, writer) else { return }
        try uploads.upload(request, context, writer)
    }

    private func delete(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        guard try checkKey(request, writer) else { return }
        try uploads.delete(request, writer)
    }

    private var uploads: AssetSimulation { AssetSimulation(counters: counters, assets: assets) }

    private func asset(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        counters.countDownload(withKey: HTTPField.Name("api-key").map { request.fields[$0] != nil } ?? false)
        guard let file = assets[request.pathValues["key"] ?? ""] else {
            return try writer.sendEmpty(status: .notFound)
        }
        try writer.send(file.bytes, contentType: file.type)
    }

    private func models(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let feature = request.query?.split(separator: "&").first { $0.hasPrefix("feature=") }?.dropFirst(8)
        try writer.send(ModelShelf.answer(feature: feature.map(String.init) ?? ""))
    }

    private func checkKey(_ request: Request, _ writer: any ResponseWriter) throws -> Bool {
        let key = HTTPField.Name("api-key").flatMap { request.fields[$0] } ?? ""
        if !key.isEmpty, !key.hasPrefix("bad") { return true }
        try refuse(writer, .unauthorized, code: "UNAUTHORIZED", "The API key is not valid.")
        return false
    }

    private func refuse(
        _ writer: any ResponseWriter,
        _ status: HTTPResponse.Status,
        code: String,
        _ message: String
    ) throws {
        try writer.send(Self.error(code, message), status: status)
    }

    private static func error(_ code: String, _ message: String, field: String? = nil) -> JSON {
        let details: [JSON] = field.map { [["field": .string($0), "message": .string(message)]] } ?? []
        return [
            "success": false,
            "error": ["code": .string(code), "message": .string(message), "details": .array(details)],
        ]
    }
}
