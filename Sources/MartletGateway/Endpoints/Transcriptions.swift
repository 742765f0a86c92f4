import HTTPTypes
import MartletCore
import MartletMeter
import MartletProviders
import MartletWeb

/// `POST /v1/audio/transcriptions` and `/v1/audio/translations`.
struct Transcriptions: Sendable {
    private static let largestSound = 25 << 20
    let gateway: Gateway
    let isTranslation: Bool

    /// Carries one request from its key to its last byte.
    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        let job = try Job(request, gateway: gateway, context: context)
        let form = try MultipartForm(of: request, limit: gateway.multipartLimit)
        let wish = try OpenAIAudioMapping.transcription(
            FormFields.object(of: form),
            file: Self.sound(in: form),
            isTranslation: isTranslation
        )
        let target = try job.plan(wish.model, for: isTranslation ? .translation : .transcription)
        try gateway.media.check(wish, model: target.model)
        let counter = gateway.tokens.counter(model: target.model.text)
        let tokens = counter.count(wish.prompt ?? "")
        var work = ModelPrice.Work(TokenUsage(input: tokens, output: 0))
        // Where the file does not say how long it is: as long as one of 128 kbit/s.
        let seconds = SoundHeader.seconds(wish.file.bytes) ?? Double(wish.file.bytes.count) / 16_000
        work.seconds = Int(seconds.rounded(.up))
        try job.perform(endpoint: "transcriptions", at: target, wish: work) { answers in
            let request = try gateway.media.transcriptionJob(
                for: wish,
                model: target.model,
                at: target.endpoint,
                calling: answers
            )
            let encoded = try job.run(request, calling: answers) { answer in
                let transcript = try gateway.media.transcript(in: answer, for: wish)
                job.usage =
                    transcript.usage ?? TokenUsage(input: tokens, output: counter.count(transcript.text))
                return try OpenAITranscript.encode(
                    transcript,
                    for: wish,
                    seconds: SoundHeader.seconds(wish.file.bytes)
                )
            }
            job.book()
            try writer.send(encoded.bytes, contentType: encoded.contentType)
        }
    }

    /// The sound, judged by its bytes, its name or its type.
    private static func sound(in form: MultipartForm) throws(GatewayError) -> MediaFile {
        func fault(_ problem: String, _ code: String) -> GatewayError {
            GatewayError(.invalidRequest, "'file' \(problem)", parameter: "file", code: code)
        }
        let parts = form.parts(named: "file")
        guard let part = parts.first, part.fileName != nil else {
            throw fault("is required, with a file name.", "missing_required_parameter")
        }
        guard parts.count == 1 else { throw fault("must be one file.", "invalid_value") }
        guard !part.bytes.isEmpty else { throw fault("is empty.", "invalid_audio") }
        guard part.bytes.count <= largestSound else {
            throw fault("is larger than \(largestSound >> 20) MiB.", "file_too_large")
        }
        let format = SoundHeader.format(part.bytes, name: part.fileName ?? "", type: part.contentType)
        guard let format else {
            throw fault("must be an MP3, MP4, M4A, WAV, WebM, Ogg or FLAC file.", "invalid_audio")
        }
        return MediaFile(name: "sound.\(format.ending)", type: format.type, bytes: part.bytes)
    }
}
