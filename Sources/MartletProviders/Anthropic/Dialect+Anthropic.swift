public import MartletCore

extension Dialect {
    /// Anthropic's Messages.
    public static let anthropic = Dialect("anthropic")
}
