public import MartletCore

/// Counts the tokens of a text.
public protocol TokenCounter: Sendable {
    /// Counts the tokens of `text`; text that looks like a special token counts as ordinary text.
    ///
    /// Never fails. Safe from any thread.
    func count(_ text: String) -> TokenCount
}
