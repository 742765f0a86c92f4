/// A wish that the model looks things up on the web before it answers.
public struct WebSearch: Sendable, Equatable {
    /// How many sites at most; nil leaves it to the vendor.
    public var sites: Int?
    /// How many words of each site at most; nil leaves it to the vendor.
    public var words: Int?

    /// Makes a wish.
    public init(sites: Int? = nil, words: Int? = nil) {
        self.sites = sites
        self.words = words
    }
}
