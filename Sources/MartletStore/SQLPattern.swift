/// Patterns for LIKE.
enum SQLPattern {
    /// Takes what contains a text; its own signs are escaped by a backslash.
    static func containing(_ text: String) -> String {
        var pattern = "%"
        for character in text {
            if "%_\\".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
        return pattern + "%"
    }
}
