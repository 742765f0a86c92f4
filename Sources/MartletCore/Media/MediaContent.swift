/// A file whose bytes somebody has looked at.
public struct MediaContent: Sendable, Equatable {
    /// The bytes.
    public var bytes: MediaBytes
    /// What the bytes are, by themselves and not by their name.
    public var format: MediaFormat
    /// Width and height of a picture; nil for anything else.
    public var size: ImageSize?
    /// SHA-256 of the bytes, in hexadecimal digits.
    public var digest: String
    /// The name that a vendor sees, with the ending that belongs to the format.
    public var name: String

    /// Describes a file.
    public init(bytes: MediaBytes, format: MediaFormat, size: ImageSize? = nil, digest: String, name: String)
    {
        self.bytes = bytes
        self.format = format
        self.size = size
        self.digest = digest
        self.name = name
    }
}

/// The size of a picture, in pixels.
public struct ImageSize: Sendable, Equatable, Hashable {
    /// From left to right.
    public var width: Int
    /// From top to bottom.
    public var height: Int

    /// Makes a size.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}
