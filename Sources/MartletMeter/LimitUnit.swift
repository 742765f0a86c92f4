/// What a limit counts.
public enum LimitUnit: String, Sendable, CaseIterable {
    /// Requests, whatever their size.
    case requests
    /// Tokens of prompts and answers.
    case tokens
}
