/// Makes a vendor's sentence safe to show to a client.
///
/// A vendor's text may carry addresses of its inner machines, keys that it was sent, or a page of HTML.
public enum UpstreamText {
    private static let longest = 500

    /// At most 500 characters on one line, without addresses and without long words that could be keys; nil when
    /// nothing readable is left, and for HTML.
    public static func safe(_ text: String) -> String? {
        guard text.first(where: { !$0.isWhitespace }) != "<" else { return nil }
        let words = text.prefix(longest * 4)
            .split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f } }
            .map { word in isSuspicious(word) ? "…" : String(word) }
        let line = words.joined(separator: " ")
        guard !line.isEmpty else { return nil }
        return String(line.prefix(longest))
    }

    private static func isSuspicious(_ word: Substring) -> Bool {
        if word.contains("://") || word.hasPrefix("sk-") { return true }
        // Keys are long and mix letters with digits; codes such as OPEN_AI_UNEXPECTED_ERROR have no digits.
        guard word.utf8.count >= 24 else { return false }
        return word.utf8.contains { (0x30...0x39).contains($0) }
    }
}
