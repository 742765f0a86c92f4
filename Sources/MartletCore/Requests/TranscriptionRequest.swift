/// A wish to read what is said in a sound file.
public struct TranscriptionRequest: Sendable, Equatable {
    /// The form of the answer.
    public enum Format: String, Sendable, Equatable, CaseIterable {
        case json
        case text
        case srt
        case verboseJSON = "verbose_json"
        case vtt
    }

    /// The model; nil when the client names none.
    public var model: ModelName?
    /// The sound.
    public var file: MediaFile
    /// Whether it is to be put into English.
    public var isTranslation: Bool
    /// The language that is spoken, as the client writes it; nil where it does not say.
    public var language: String?
    /// Words that help to understand; nil where the client gives none.
    public var prompt: String?
    /// The form of the answer.
    public var format: Format
    /// How freely the model guesses, 0 to 1; nil where the client does not say.
    public var temperature: Double?

    /// Makes a wish.
    public init(file: MediaFile, isTranslation: Bool = false, format: Format = .json) {
        self.file = file
        self.isTranslation = isTranslation
        self.format = format
    }
}
