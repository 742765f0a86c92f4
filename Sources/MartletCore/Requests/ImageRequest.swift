/// A wish for pictures.
public struct ImageRequest: Sendable, Equatable {
    /// What is to be done.
    public enum Task: Sendable, Equatable {
        /// Pictures from a text.
        case generation
        /// A picture changed as a text says.
        case edit
        /// A picture once more, but different.
        case variation
    }

    /// How large a picture is to be.
    public enum Size: Sendable, Equatable {
        /// As the model likes.
        case automatic
        /// In points, both 1 to 16,384.
        case pixels(width: Int, height: Int)
    }

    /// How good, in the words of all the models of OpenAI.
    public enum Quality: String, Sendable, Equatable, CaseIterable {
        case automatic = "auto"
        case low
        case medium
        case high
        case standard
        case hd
    }

    /// How the picture's ground is to be.
    public enum Background: String, Sendable, Equatable, CaseIterable {
        case automatic = "auto"
        case opaque
        case transparent
    }

    /// The kind of file.
    public enum Format: String, Sendable, Equatable, CaseIterable {
        case png
        case jpeg
        case webp
    }

    /// How the pictures are handed over.
    public enum Delivery: String, Sendable, Equatable, CaseIterable {
        /// As addresses.
        case url
        /// As bytes in the answer.
        case base64 = "b64_json"
    }

    /// What is to be done.
    public var task: Task
    /// The model; nil when the client names none.
    public var model: ModelName?
    /// What the pictures are to show; empty for a variation.
    public var prompt: String
    /// How many pictures, 1 to 10.
    public var count: Int
    /// How large.
    public var size: Size
    /// How good; nil where the client does not say.
    public var quality: Quality?
    /// `vivid` or `natural`; nil where the client does not say.
    public var style: String?
    /// The ground; nil where the client does not say.
    public var background: Background?
    /// The kind of file; nil where the client does not say.
    public var format: Format?
    /// How much a JPEG or WebP is squeezed, 0 to 100; nil where the client does not say.
    public var compression: Int?
    /// How they are handed over; nil where the client does not say.
    public var delivery: Delivery?
    /// The pictures to start from; none for a generation.
    public var sources: [MediaFile]

    /// Makes a wish for one picture.
    public init(_ task: Task, prompt: String = "", sources: [MediaFile] = []) {
        self.task = task
        self.prompt = prompt
        self.sources = sources
        count = 1
        size = .automatic
    }
}
