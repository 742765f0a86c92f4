public import MartletCore

extension Dialect {
    /// Gemini's generateContent and streamGenerateContent.
    public static let gemini = Dialect("gemini")
}
