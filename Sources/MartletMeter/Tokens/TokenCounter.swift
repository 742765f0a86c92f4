public import MartletCore
/// Counts.
public protocol TokenCounter: Sendable {
    /// Counts.
    func count(_ text: String) -> TokenCount
}
/// x
public struct TokenCounters: Sendable {
    /// x
    public init(_ log: @escaping @Sendable (String) -> Void) {}
    /// x
    public func counter(for model: ModelName) -> any TokenCounter { X() }
}
struct X: TokenCounter { func count(_ text: String) -> TokenCount { TokenCount((text.utf8.count + 3) / 4) } }
/// x
public enum ChatTokens {
    /// x
    public static func count(_ chat: ChatRequest, with counter: any TokenCounter) -> TokenCount { 8 }
}
