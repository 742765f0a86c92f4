/// Finds the JSON in a model's answer, which models like to wrap in fences and words.
public enum JSONInAnswer {
    /// The first value that stands alone, in a code fence, or between the first bracket and its last partner.
    ///
    /// - Returns: the text of the value as the model wrote it, and the value; nil when there is none.
    public static func find(in text: String) -> (text: String, value: JSON)? {
        for candidate in candidates(in: text[...]) {
            let trimmed = trim(candidate)
            if !trimmed.isEmpty, let value = try? JSON.parse(String(trimmed)) {
                return (String(trimmed), value)
            }
        }
        return nil
    }

    /// Without commas before a closing bracket, which models leave there and JSON forbids; strings stay as they are.
    public static func withoutTrailingCommas(_ text: String) -> String {
        var result: [UInt8] = []
        var isInString = false
        var isEscaped = false
        for byte in text.utf8 {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                removeTrailingComma(from: &result)
            }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The insides of the code fences of a text, in order.
    public static func fenced(in text: Substring) -> [Substring] {
        let pieces = text.split(separator: "```", omittingEmptySubsequences: false)
        return pieces.enumerated().compactMap { index, piece in
            guard index % 2 == 1 else { return nil }
            // The language stands on the fence's own line.
            guard let lineEnd = piece.firstIndex(where: \.isNewline) else { return piece }
            let language = piece[..<lineEnd]
            return language.contains { $0 == "{" || $0 == "[" }
                ? piece : piece[piece.index(after: lineEnd)...]
        }
    }

    private static func candidates(in text: Substring) -> [Substring] {
        var candidates = [text] + fenced(in: text)
        for (opening, closing) in [("{", "}"), ("[", "]")] as [(Character, Character)] {
            if let start = text.firstIndex(of: opening), let end = text.lastIndex(of: closing), start < end {
                candidates.append(text[start...end])
            }
        }
        return candidates
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }

    private static func removeTrailingComma(from bytes: inout [UInt8]) {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]
        guard let last = bytes.lastIndex(where: { !blanks.contains($0) }), bytes[last] == UInt8(ascii: ",")
        else {
            return
        }
        bytes.remove(at: last)
    }
}
