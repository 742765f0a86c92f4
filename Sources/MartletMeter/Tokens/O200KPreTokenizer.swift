/// The pieces of o200k_base.
///
/// The expression, of `tiktoken_ext/openai_public.py` in tiktoken 0.14, with U = `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`,
/// L = `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`, C = `(?i:'s|'t|'re|'ve|'m|'ll|'d)?`:
/// `[^\r\n\p{L}\p{N}]?U*L+C|[^\r\n\p{L}\p{N}]?U+L*C|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
enum O200KPreTokenizer: PreTokenizer {
    @inline(__always)
    static func pieceEnd(in text: ClassifiedText, from start: Int) -> Int {
        let first = text.character(start)
        let second = start &+ first.width
        if first.class == .number { return numbersEnd(in: text, behindFirst: second) }
        if first.class == .newline { return whiteEnd(in: text, from: start) }
        let letters = first.class.isLetter ? start : second
        let word = wordEnd(in: text, from: letters, afterMark: first.class == .mark)
        if word > letters || first.class == .mark { return contractionEnd(in: text, at: word) }
        if first.class == .space {
            guard text.bytes[start] == 0x20, text.character(second).class.isSymbol else {
                return whiteEnd(in: text, from: start)
            }
        }
        var end = symbolsEnd(in: text, from: second)
        while text.byte(end) == 0x2F || text.character(end).class == .newline { end &+= 1 }
        return end
    }

    /// The index behind the letters of the first two alternatives, contraction left out; `start` if they match not.
    ///
    /// U and L have caseless letters and marks in common, so `U*L+` gives back as much as it must: it ends behind
    /// the lower letters that follow U, or else behind the last common character within U. Only without one is it
    /// the second alternative's turn, but before that the first tries a mark in front as a letter, not as a prefix.
    @inline(__always)
    private static func wordEnd(in text: ClassifiedText, from start: Int, afterMark: Bool) -> Int {
        var index = start
        var commonEnd = start
        var next = text.character(index)
        while next.class == .upper || next.class == .caseless || next.class == .mark {
            index &+= next.width
            if next.class != .upper { commonEnd = index }
            next = text.character(index)
        }
        if next.class == .lower {
            repeat {
                index &+= next.width
                next = text.character(index)
            } while next.class == .lower || next.class == .caseless || next.class == .mark
            return index
        }
        if commonEnd > start { return commonEnd }
        return afterMark ? start : index
    }

    private static func whiteEnd(in text: ClassifiedText, from start: Int) -> Int {
        let run = whiteRun(in: text, from: start)
        return run.newlineEnd > start ? run.newlineEnd : run.pieceEnd(in: text)
    }
}
