/// How much a model shall think before it answers, and whether the client sees it.
public struct Reasoning: Sendable, Equatable {
    /// How much, in tokens.
    public enum Budget: Sendable, Equatable {
        /// As much as the model finds right.
        case adaptive
        /// At most so many tokens.
        case tokens(Int)
    }

    /// `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, or a vendor's own word; nil leaves it to the vendor.
    public var effort: String?
    /// Where a client counts in tokens; nil where it does not.
    public var budget: Budget?
    /// Whether the client wants to see thoughts or a summary of them; nil leaves it to the vendor.
    public var isShown: Bool?

    /// Leaves everything to the vendor.
    public init(effort: String? = nil, budget: Budget? = nil, isShown: Bool? = nil) {
        self.effort = effort
        self.budget = budget
        self.isShown = isShown
    }

    /// Whether the client wants no thinking at all.
    public var isOff: Bool { effort == "none" || budget == .tokens(0) }
}
