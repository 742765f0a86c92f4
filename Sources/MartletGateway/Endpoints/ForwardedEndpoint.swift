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
        let (caller, key) = try gateway.caller(of: request, in: context)
        context.facts.model = wish.model.text
        let way = try way(to: wish.model, of: request, caller, key)
        let counter = gateway.tokens.counter(model: wish.model.text)
        let tokens = wish.texts.reduce(TokenCount(0)) { $0 + counter.count($1) }
        let admission = try gateway.limits.admit(caller, endpoint: route, tokens: tokens, context: context)
        let meter = AnswerMeter(promptTokens: tokens, counter: counter)
        let bill = Bill(gateway.books, of: caller, for: request, in: context, endpoint: route)
        var asked = wish.work
        asked.usage = TokenUsage(input: tokens, output: 0)
        var isRefused = true
        defer {
            let usage = meter.usage
            context.facts.usage = usage
            let taken = usage.total > 0 ? usage.total : isRefused ? 0 : tokens
            context.afterAnswer { [gateway] in gateway.limits.settle(admission, tokens: taken) }
        }
        if let first = way.first { try bill.reserve(at: first, model: wish.model, least: asked, most: asked) }
        isRefused = false
        var call = ClientCall(dialect: .openAI, route: route, model: wish.model, fields: request.fields)
        call.includesUsage = true
        let answering = Answering(
            answer: ForwardedAnswer(context: context, writer: writer),
            bill: bill,
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
        do {
            if let json = wish.json, way.first?.adapter is any EmbeddingAdapter {
                let embeddings = Embeddings(gateway: gateway)
                try embeddings.run(json, along: way, answering: answering, to: writer)
            } else {
                try gateway.relay.run(work, along: way, answering: answering)
            }
            bill.close(Self.done(asked, meter), isEstimated: meter.usage.total == 0)
        } catch {
            let work = answering.answer.hasContent ? Self.done(asked, meter) : ModelPrice.Work(.none)
            bill.close(after: error, work: work, isEstimated: true)
            bill.setFields()
            throw error
        }
    }

    private func way(
        to model: ModelName,
        of request: Request,
        _ caller: Caller,
        _ key: Secret
    ) throws(GatewayError) -> TargetRoute {
        do throws(GatewayError) {
            return try gateway.planner.route(
                to: model,
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
    }

    /// What was done: what the vendor tells, and what was asked for where it tells nothing.
    private static func done(_ asked: ModelPrice.Work, _ meter: AnswerMeter) -> ModelPrice.Work {
        var done = asked
        if meter.usage.total > 0 { done.usage = meter.usage }
        return done
    }

    /// What is asked for.
    private struct Wish {
        let model: ModelName
        let body: (JSONObject) -> [MediaBytes]
        let texts: [String]
        /// What is paid by the piece: pictures, characters, seconds.
        var work = ModelPrice.Work(.none)
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
            var wish = Wish(model: ModelName(name), body: body, texts: [])
            wish.work = work(form.parts(named: "file").first, count: form.parts(named: "n").first?.text)
            return wish
        }
        guard let (bytes, json) = try? JSONBody.readBoth(request, limit: gateway.bodyLimit),
            let name = json["model"]?.stringValue, !name.isEmpty
        else { return nil }
        let texts = ["input", "prompt", "query", "documents"].compactMap { json[$0] }.flatMap(Self.texts)
        var wish = Wish(model: ModelName(name), body: ReceivedBody(bytes: bytes).pieces, texts: texts)
        if route == "embeddings" { wish.json = json }
        if route == "images/generations" { wish.work.images = max(1, json["n"]?.intValue ?? 1) }
        if route == "audio/speech" { wish.work.characters = json["input"]?.stringValue?.count ?? 0 }
        return wish
    }

    /// What a form asks for that is paid by the piece.
    private func work(_ file: MultipartForm.Part?, count: String?) -> ModelPrice.Work {
        var work = ModelPrice.Work(.none)
        if route.hasPrefix("images/") { work.images = max(1, count.flatMap(Int.init) ?? 1) }
        if route.hasPrefix("audio/"), let file {
            // Where the file does not say how long it is: as long as one of 128 kbit/s.
            let seconds = SoundHeader.seconds(file.bytes) ?? Double(file.bytes.count) / 16_000
            work.seconds = Int(seconds.rounded(.up))
        }
        return work
    }

    private static func texts(in value: JSON) -> [String] {
        switch value {
        case .array(let values): values.flatMap(texts)
        case .object(let members): members.flatMap { texts(in: $0.value) }
        default: value.stringValue.map { [$0] } ?? []
        }
    }
}
