/// A file that a client sends along with its request.
public struct MediaFile: Sendable, Equatable {
    /// Its name, without folders.
    public var name: String
    /// What it is, for example `image/png`: as the bytes show, else as the client says.
    public var type: String
    /// What it holds; a slice of the request's body.
    public var bytes: ArraySlice<UInt8>

    /// Makes a file.
    public init(name: String, type: String, bytes: ArraySlice<UInt8>) {
        self.name = name
        self.type = type
        self.bytes = bytes
    }
}
