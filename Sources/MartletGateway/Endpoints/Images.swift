import HTTPTypes
import MartletCore
import MartletMeter
import MartletProviders
import MartletUpstream
import MartletWeb

/// `POST /v1/images/generations`, `/v1/images/edits` and `/v1/images/variations`.
struct Images: Sendable {
    private static let largestPicture = 50 << 20
    let gateway: Gateway
    let task: ImageRequest.Task
    /// The time in seconds since 1970.
    let now: @Sendable () -> Int

    /// Carries one request from its key to its last byte.
    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        let job = try Job(request, gateway: gateway, context: context)
        let wish = try read(request)
        let target = try job.plan(wish.model, for: use)
        try gateway.media.check(wish, model: target.model)
        let tokens = gateway.tokens.counter(model: target.model.text).count(wish.prompt)
        var work = ModelPrice.Work(TokenUsage(input: tokens, output: 0))
        work.images = wish.count
        try job.perform(endpoint: "images", at: target, wish: work) { answers in
            let request = try gateway.media.imageJob(
                for: wish,
                model: target.model,
                at: target.endpoint,
                calling: answers
            )
            let answer = try job.run(request, calling: answers) { answer in
                try gateway.media.images(in: answer, for: wish)
            }
            job.usage = answer.usage ?? TokenUsage(input: tokens, output: 0)
            job.images = answer.addresses.count
            let pictures = try pictures(answer, for: wish, model: target.model, job: job, calling: answers)
            job.book()
            try writer.send(OpenAIImages.encode(pictures, created: now(), usage: answer.usage))
        }
    }

    private var use: ModelCard.Use {
        switch task {
        case .generation: .imageGeneration
        case .edit: .imageEditing
        case .variation: .imageVariation
        }
    }

    private func read(_ request: Request) throws -> ImageRequest {
        guard task != .generation else {
            return try OpenAIImageMapping.generation(JSONBody.read(request, limit: gateway.bodyLimit))
        }
        let form = try MultipartForm(of: request, limit: gateway.multipartLimit)
        let fields = try FormFields.object(of: form)
        let files = try (form.parts(named: "image") + form.parts(named: "image[]")).map(Self.picture)
        if task == .variation { return try OpenAIImageMapping.variation(fields, images: files) }
        return try OpenAIImageMapping.edit(fields, images: files, hasMask: !form.parts(named: "mask").isEmpty)
    }

    /// A picture, judged by its bytes.
    private static func picture(_ part: MultipartForm.Part) throws(GatewayError) -> MediaFile {
        func fault(_ problem: String) -> GatewayError {
            GatewayError(.invalidRequest, "'image' \(problem)", parameter: "image", code: "invalid_image")
        }
        guard part.bytes.count <= largestPicture else {
            throw fault("is larger than \(largestPicture >> 20) MiB.")
        }
        let head = Array(part.bytes.prefix(ImageHeader.sufficientCount))
        guard let format = ImageHeader.read(head)?.format, format != .gif else {
            throw fault("must be a PNG, JPEG or WebP file.")
        }
        return MediaFile(name: "picture.\(format.ending)", type: format.type, bytes: part.bytes)
    }

    /// The addresses, the bytes, or both: OpenAI's gpt-image models give bytes where nothing is said, and others
    /// addresses.
    private func pictures(
        _ answer: ImageAnswer,
        for wish: ImageRequest,
        model: ModelName,
        job: Job,
        calling answers: WholeAnswers
    ) throws -> [OpenAIImages.Picture] {
        let wantsBytes =
            wish.delivery == .base64 || wish.delivery == nil && model.text.hasPrefix("gpt-image-")
        return try answer.addresses.map { address in
            OpenAIImages.Picture(
                address: wish.delivery == .base64 ? nil : address,
                bytes: wantsBytes ? try bytes(at: address, for: wish, job: job, calling: answers) : nil
            )
        }
    }

    /// The bytes of a picture; nil where they cannot be had and nobody has asked for them: the picture is paid for, and
    /// its address alone is still an answer.
    private func bytes(
        at address: String,
        for wish: ImageRequest,
        job: Job,
        calling answers: WholeAnswers
    ) throws -> [UInt8]? {
        do {
            return try job.fetch(address, calling: answers)
        } catch let gone as ClientGone {
            throw gone
        } catch  where wish.delivery == nil {
            return nil
        }
    }
}
