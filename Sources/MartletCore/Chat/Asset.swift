/// What a vendor calls a file that was uploaded to it.
public struct Asset: Sendable, Hashable {
    /// Its place at the vendor, for example `images/2026_01_01_pic.png`.
    public var path: String
    /// Its id there; nil where the vendor gave none.
    public var id: String?
    /// Whether it is known from an earlier request, so that the vendor may have let go of it; no part of what it is.
    public var isRemembered: Bool

    /// Names an asset.
    public init(path: String, id: String? = nil, isRemembered: Bool = false) {
        self.path = path
        self.id = id
        self.isRemembered = isRemembered
    }

    /// Whether both are the same file at the vendor.
    public static func == (one: Asset, other: Asset) -> Bool {
        one.path == other.path && one.id == other.id
    }

    /// Feeds what makes it the same file.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(path)
        hasher.combine(id)
    }
}
