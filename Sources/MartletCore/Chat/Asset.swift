/// What a vendor calls a file that was uploaded to it.
public struct Asset: Sendable, Equatable, Hashable {
    /// Its place at the vendor, for example `images/2026_01_01_pic.png`.
    public var path: String
    /// Its id there; nil where the vendor gave none.
    public var id: String?

    /// Names an asset.
    public init(path: String, id: String? = nil) {
        self.path = path
        self.id = id
    }
}
