public import MartletCore

/// Estimates tokens from the text's bytes, for when no table can be read.
///
/// Four ASCII bytes are taken as a token, and each other character as one: near for English, high for most other
/// scripts, since an estimate that is too low would let a caller overdraw. Safe from any thread.
public struct EstimatingCounter: TokenCounter {
    /// Makes a counter.
    public init() {}

    /// Estimates the tokens of `text`; at least 1 unless it is empty.
    public func count(_ text: String) -> TokenCount {
        var ascii = 0
        var others = 0
        for byte in text.utf8 {
            if byte < 0x80 { ascii += 1 }
            if byte >= 0xC0 { others += 1 }
        }
        return TokenCount((ascii + 3) / 4 + others)
    }
}
