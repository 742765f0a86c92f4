import HTTPTypes
import MartletCore
import MartletMeter
import MartletProviders
import MartletUpstream
import MartletWeb

/// `POST /v1/audio/speech`.
struct Speech: Sendable {
    let gateway: Gateway

    /// Carries one request from its key to its last byte.
    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        let job = try Job(request, gateway: gateway, context: context)
        let wish = try OpenAIAudioMapping.speech(JSONBody.read(request, limit: gateway.bodyLimit))
        let target = try job.plan(wish.model, for: .speech)
        let asked = try gateway.media.speechJob(for: wish, model: target.model, at: target.endpoint)
        let tokens = gateway.tokens.counter(model: target.model.text).count(wish.text)
        var work = ModelPrice.Work(TokenUsage(input: tokens, output: 0))
        work.characters = wish.text.count
        try job.perform(endpoint: "speech", at: target, wish: work) { answers in
            let relay = SoundRelay(to: writer, format: wish.format, media: gateway.media)
            let address = try job.attempt {
                try gateway.upstream.send(
                    asked,
                    limits: answers.remainingLimits(),
                    watching: job.client,
                    receive: relay.take
                )
                return try relay.finish()
            }
            job.usage = TokenUsage(input: tokens, output: 0)
            guard let address else { return }
            let sound = try job.fetch(address, calling: answers)
            job.book()
            try writer.send(sound, contentType: wish.format.contentType)
        }
    }
}

/// Passes a sound on as it comes, and keeps what is none.
///
/// Belongs to the thread of its request.
private final class SoundRelay {
    private static let longestWord = 4 << 20
    private let writer: any ResponseWriter
    private let format: SpeechRequest.Format
    private let media: any MediaAdapter
    private var answer = UpstreamAnswer(status: 0)
    private var isSound = false

    init(to writer: any ResponseWriter, format: SpeechRequest.Format, media: any MediaAdapter) {
        self.writer = writer
        self.format = format
        self.media = media
    }

    func take(_ piece: UpstreamPiece) throws {
        switch piece {
        case .head(let status, let fields):
            answer = UpstreamAnswer(status: status, fields: fields)
            isSound = answer.isSuccess && media.isSound(contentType: fields[.contentType])
        case .body(let bytes):
            guard isSound else {
                guard answer.body.count + bytes.count <= Self.longestWord else {
                    throw UpstreamFailure(.serverFailed, text: "The answer is too long.")
                }
                answer.body += bytes
                return
            }
            guard !bytes.isEmpty else { return }
            if !writer.isCommitted { try begin() }
            try writer.write(bytes)
            try writer.flush()
        }
    }

    /// Where the sound is, when the answer only spoke of it; nil when it has gone out.
    func finish() throws(UpstreamFailure) -> String? {
        if writer.isCommitted { return nil }
        guard !isSound else { throw UpstreamFailure(.serverFailed, text: "The sound is empty.") }
        guard answer.status != 0 else { throw UpstreamFailure(.connectionFailed) }
        return try media.soundAddress(in: answer)
    }

    private func begin() throws {
        var head = HTTPResponse(status: .ok)
        head.headerFields[.contentType] = format.contentType
        // With its length a sound that breaks off is noticed; without it nobody can tell.
        head.headerFields[.contentLength] = answer.fields[.contentLength]
        head.headerFields[.accelBuffering] = "no"
        try writer.begin(head)
    }
}
