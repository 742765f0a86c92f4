/// The format of a file, judged by its bytes.
public struct MediaFormat: Sendable, Equatable, Hashable {
    /// Its content type.
    public let type: String
    /// The ending of its name, without a dot.
    public let ending: String

    /// Names a format.
    public init(type: String, ending: String) {
        self.type = type
        self.ending = ending
    }

    /// JPEG.
    public static let jpeg = MediaFormat(type: "image/jpeg", ending: "jpg")
    /// PNG.
    public static let png = MediaFormat(type: "image/png", ending: "png")
    /// WebP.
    public static let webp = MediaFormat(type: "image/webp", ending: "webp")
    /// GIF.
    public static let gif = MediaFormat(type: "image/gif", ending: "gif")
    /// PDF.
    public static let pdf = MediaFormat(type: "application/pdf", ending: "pdf")
    /// Plain text.
    public static let text = MediaFormat(type: "text/plain", ending: "txt")

    /// Whether it is a picture.
    public var isImage: Bool { type.hasPrefix("image/") }
}
