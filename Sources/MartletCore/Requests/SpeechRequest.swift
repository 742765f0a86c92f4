/// A wish to hear a text.
public struct SpeechRequest: Sendable, Equatable {
    /// The kind of sound file.
    public enum Format: String, Sendable, Equatable, CaseIterable {
        case mp3
        case opus
        case aac
        case flac
        case wav
        case pcm

        /// The content type that OpenAI answers with.
        public var contentType: String {
            switch self {
            case .mp3: "audio/mpeg"
            case .opus: "audio/opus"
            case .aac: "audio/aac"
            case .flac: "audio/flac"
            case .wav: "audio/wav"
            case .pcm: "audio/pcm"
            }
        }
    }

    /// The model; nil when the client names none.
    public var model: ModelName?
    /// What is to be said: 1 to 4,096 characters.
    public var text: String
    /// Who says it.
    public var voice: String
    /// The kind of sound file.
    public var format: Format
    /// How fast, 0.25 to 4; nil where the client does not say.
    public var speed: Double?

    /// Makes a wish.
    public init(text: String, voice: String, format: Format = .mp3, speed: Double? = nil) {
        self.text = text
        self.voice = voice
        self.format = format
        self.speed = speed
    }
}
