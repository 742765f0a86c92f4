/// A place up to which a vendor may keep the prompt, so that the next request pays less for it.
public struct CachePoint: Sendable, Equatable {
    /// How long, in the vendor's words, for example `5m` or `1h`; nil for its usual time.
    public var lifetime: String?

    /// Makes a point.
    public init(lifetime: String? = nil) {
        self.lifetime = lifetime
    }
}
