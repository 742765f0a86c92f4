import HTTPTypes
import MartletAccounts
import MartletCore
import MartletMeter
import MartletProviders
import MartletWeb

/// An address without a conversation, whose requests go on as they came to a channel that has it: embeddings,
/// moderations, rerank, pictures, sound.
///
/// Where no channel lists the model, `otherwise` answers.
struct ForwardedEndpoint: Sendable {
    let gateway: Gateway
    /// The address behind the version, for example `embeddings`.
    let route: String
    /// What answers for models that no channel lists.
    let otherwise: Handler

    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        guard let wish = try wish(in: request), gateway.planner.isListed(wish.model, by: request) else {
            return try otherwise(request, context, writer)
        }
        let key = try ClientKey.find(in: request.fields)
        let caller = gateway.caller(of: request, key: key)
        context.facts.caller = caller.keyHash.short
        context.facts.model = wish.model.text
        let way: TargetRoute
        do throws(GatewayError) {
            way = try gateway.planner.route(
                to: wish.model,
                at: try gateway.planner.pinned(by: request),
                for: caller,
                key: key,
                use: nil,
                now: gateway.now()
            )
        } catch {
            if error.kind == .invalidKey { gateway.limits.countFailedAuthentication(of: caller) }
            throw error
        }
        let counter = gateway.tokens.counter(model: wish.model.text)
        let tokens = wish.texts.reduce(TokenCount(0)) { $0 + counter.count($1) }
        let admission = try gateway.limits.admit(caller, endpoint: route, tokens: tokens, context: context)
        let meter = AnswerMeter(promptTokens: tokens, counter: counter)
        defer {
            let usage = meter.usage
            context.facts.usage = usage
            let taken = usage.total > 0 ? usage.total : tokens
            context.afterAnswer { [gateway] in gateway.limits.settle(admission, tokens: taken) }
        }
        var call = ClientCall(dialect: .openAI, route: route, model: wish.model, fields: request.fields)
        call.includesUsage = true
        let answering = Answering(
            answer: ForwardedAnswer(context: context, writer: writer),
            meter: meter,
            context: context,
            deadline: .now + ClientPatience.limit(in: request.fields, isStreaming: false)
        )
        let work = ChatWork(call: call, body: wish.body) { target in
            throw GatewayError(
                .invalidRequest,
                "The provider '\(target.channel)' has no \(route).",
                parameter: "model",
                code: "\(route)_not_offered"
            )
        }
        if let json = wish.json, way.first?.adapter is any EmbeddingAdapter {
            let embeddings = Embeddings(gateway: gateway)
            return try embeddings.run(json, along: way, answering: answering, to: writer)
        }
        try gateway.relay.run(work, along: way, answering: answering)
    }

    /// What is asked for.
    private struct Wish {
        let model: ModelName
        let body: (JSONObject) -> [MediaBytes]
        let texts: [String]
        /// The body of a request for embeddings.
        var json: JSON?
    }

    /// Nil for a body that names no model; whoever answers instead says what is wrong.
    private func wish(in request: Request) throws -> Wish? {
        let type = request.fields.value(of: .contentType)?.lowercased() ?? ""
        if type.hasPrefix("multipart/form-data") {
            let bytes = try request.body.read(limit: gateway.multipartLimit)
            guard let form = try? MultipartForm(bytes, contentType: request.fields[.contentType]),
                let part = form.parts(named: "model").first, let name = part.text, !name.isEmpty
            else { return nil }
            let place = part.bytes.startIndex..<part.bytes.endIndex
            let body: (JSONObject) -> [MediaBytes] = { members in
                let model = Array((members["model"]?.stringValue ?? name).utf8)
                return [
                    MediaBytes(bytes[..<place.lowerBound]), MediaBytes(model),
                    MediaBytes(bytes[place.upperBound...]),
                ]
            }
            return Wish(model: ModelName(name), body: body, texts: [])
        }
        guard let (bytes, json) = try? JSONBody.readBoth(request, limit: gateway.bodyLimit),
            let name = json["model"]?.stringValue, !name.isEmpty
        else { return nil }
        let texts = ["input", "prompt", "query", "documents"].compactMap { json[$0] }.flatMap(Self.texts)
        var wish = Wish(model: ModelName(name), body: ReceivedBody(bytes: bytes).pieces, texts: texts)
        if route == "embeddings" { wish.json = json }
        return wish
    }

    private static func texts(in value: JSON) -> [String] {
        switch value {
        case .array(let values): values.flatMap(texts)
        case .object(let members): members.flatMap { texts(in: $0.value) }
        default: value.stringValue.map { [$0] } ?? []
        }
    }
}
