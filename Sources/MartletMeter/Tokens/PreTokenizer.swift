/// Cuts a text into the pieces within which tokens are formed, as a vocabulary's regular expression does.
///
/// Belongs to no thread: there is no state.
protocol PreTokenizer {
    /// The index behind the piece that begins at `start`; always above `start`, which lies before the end.
    static func pieceEnd(in text: ClassifiedText, from start: Int) -> Int
}

extension PreTokenizer {
    /// The index behind `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at `index`, or `index`.
    ///
    /// Without regard to case, `s` is also U+017F, the long s.
    @inline(__always)
    static func contractionEnd(in text: ClassifiedText, at index: Int) -> Int {
        guard text.byte(index) == 0x27 else { return index }
        return longContractionEnd(in: text, at: index)
    }

    private static func longContractionEnd(in text: ClassifiedText, at index: Int) -> Int {
        let second = text.byte(index + 2) | 0x20
        switch text.byte(index + 1) {
        case UInt8(ascii: "s"), UInt8(ascii: "S"), UInt8(ascii: "t"), UInt8(ascii: "T"),
            UInt8(ascii: "m"), UInt8(ascii: "M"), UInt8(ascii: "d"), UInt8(ascii: "D"):
            return index + 2
        case UInt8(ascii: "r"), UInt8(ascii: "R"), UInt8(ascii: "v"), UInt8(ascii: "V"):
            return second == UInt8(ascii: "e") ? index + 3 : index
        case UInt8(ascii: "l"), UInt8(ascii: "L"):
            return second == UInt8(ascii: "l") ? index + 3 : index
        case 0xC5:
            return text.byte(index + 2) == 0xBF ? index + 3 : index
        default:
            return index
        }
    }

    /// The index behind the letters from `index` on.
    @inline(__always)
    static func lettersEnd(in text: ClassifiedText, from index: Int) -> Int {
        var index = index
        while true {
            let next = text.character(index)
            guard next.class.isLetter else { return index }
            index &+= next.width
        }
    }

    /// The index behind at most three numbers, the first of which ends at `index`.
    @inline(__always)
    static func numbersEnd(in text: ClassifiedText, behindFirst index: Int) -> Int {
        let second = text.character(index)
        guard second.class == .number else { return index }
        let third = text.character(index &+ second.width)
        guard third.class == .number else { return index &+ second.width }
        return index &+ second.width &+ third.width
    }

    /// The index behind the symbols from `index` on.
    @inline(__always)
    static func symbolsEnd(in text: ClassifiedText, from index: Int) -> Int {
        var index = index
        while true {
            let next = text.character(index)
            guard next.class.isSymbol else { return index }
            index &+= next.width
        }
    }

    /// Looks at the white space from `start` on.
    @inline(__always)
    static func whiteRun(in text: ClassifiedText, from start: Int) -> WhiteRun {
        var run = WhiteRun(start: start, last: start, end: start, newlineEnd: start)
        while true {
            let next = text.character(run.end)
            guard next.class.isWhite else { return run }
            run.last = run.end
            run.end &+= next.width
            if next.class == .newline { run.newlineEnd = run.end }
        }
    }
}

/// A run of white space: where it begins, its last character begins, it ends, and its last line break ends.
struct WhiteRun {
    /// Where the run begins.
    let start: Int
    /// Where its last character begins.
    var last: Int
    /// Where it ends.
    var end: Int
    /// Where its last line break ends; `start` if there is none.
    var newlineEnd: Int

    /// The end of `\s+(?!\S)|\s+`: before text, the last character is left to the next piece.
    @inline(__always)
    func pieceEnd(in text: ClassifiedText) -> Int {
        end == text.count || last == start ? end : last
    }
}
