/// The pieces of cl100k_base.
///
/// The expression, of `tiktoken_ext/openai_public.py` in tiktoken 0.14:
/// `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|`
/// `\s+(?!\S)|\s`
enum CL100KPreTokenizer: PreTokenizer {
    @inline(__always)
    static func pieceEnd(in text: ClassifiedText, from start: Int) -> Int {
        let first = text.character(start)
        let second = start &+ first.width
        if first.class.isLetter { return lettersEnd(in: text, from: second) }
        if first.class == .number { return numbersEnd(in: text, behindFirst: second) }
        if first.class == .newline { return whiteEnd(in: text, from: start) }
        let contraction = contractionEnd(in: text, at: start)
        if contraction > start { return contraction }
        let next = text.character(second)
        if next.class.isLetter { return lettersEnd(in: text, from: second &+ next.width) }
        if first.class == .space {
            guard text.bytes[start] == 0x20, next.class.isSymbol else {
                return whiteEnd(in: text, from: start)
            }
        }
        var end = symbolsEnd(in: text, from: second)
        while text.character(end).class == .newline { end &+= 1 }
        return end
    }

    private static func whiteEnd(in text: ClassifiedText, from start: Int) -> Int {
        let run = whiteRun(in: text, from: start)
        if run.end == text.count { return run.end }
        return run.newlineEnd > start ? run.newlineEnd : run.pieceEnd(in: text)
    }
}
