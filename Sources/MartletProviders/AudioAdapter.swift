public import MartletCore

/// A vendor of speech: reading aloud, and writing down.
public protocol AudioAdapter: Sendable {
    /// The HTTP request that asks for a text to be read aloud.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    func speechJob(
        for request: SpeechRequest,
        model: ModelName,
        at endpoint: Endpoint
    ) throws(GatewayError) -> UpstreamRequest

    /// Whether an answer with this content type is the sound itself, and not a word about it.
    func isSound(contentType: String?) -> Bool

    /// Where the sound is that an answer speaks of: an absolute address.
    ///
    /// - Throws: what it says instead.
    func soundAddress(in answer: UpstreamAnswer) throws(UpstreamFailure) -> String

    /// Checks that the model can do what is asked, before anything is sent.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    func check(_ request: TranscriptionRequest, model: ModelName) throws(GatewayError)

    /// The HTTP request that asks for a transcript, after the upload that it needs.
    ///
    /// - Throws: `GatewayError`, `UpstreamFailure`, `ClientGone`.
    func transcriptionJob(
        for request: TranscriptionRequest,
        model: ModelName,
        at endpoint: Endpoint,
        calling caller: any UpstreamCaller
    ) throws -> UpstreamRequest

    /// Reads the answer to such a request.
    ///
    /// - Throws: what it says instead.
    func transcript(in answer: UpstreamAnswer, for request: TranscriptionRequest) throws(UpstreamFailure)
        -> Transcript
}

/// What was said in a sound file.
public struct Transcript: Sendable, Equatable {
    /// The words; for subtitles the whole file as the vendor wrote it.
    public var text: String
    /// The vendor's own object with `segments`, `duration` and `language`; nil when it gives only words.
    public var details: JSONObject?
    /// The tokens that it took; nil when the vendor does not say.
    public var usage: TokenUsage?

    /// Makes a transcript.
    public init(text: String, details: JSONObject? = nil, usage: TokenUsage? = nil) {
        self.text = text
        self.details = details
        self.usage = usage
    }
}
