extension Base64Encoding {
    /// The bytes as base64 with padding.
    public static func text(_ bytes: [UInt8]) -> String {
        String(decoding: quoted(bytes).dropFirst().dropLast(), as: UTF8.self)
    }

    /// The bytes in the alphabet for addresses, without padding.
    ///
    /// Source: RFC 4648, section 5; RFC 7515, appendix C.
    public static func urlText(_ bytes: [UInt8]) -> String {
        let letters = quoted(bytes).dropFirst().dropLast().compactMap { letter -> UInt8? in
            switch letter {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: letter
            }
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Reads short base64 text as a whole, in either alphabet, with its padding or without.
    ///
    /// Nil for anything else: for blanks, for a length that cannot be, and for bits behind the end that are not zero, so
    /// that no two texts mean the same bytes but for alphabet and padding.
    public static func bytes(in text: String) -> [UInt8]? {
        var letters = Array(text.utf8)[...]
        var padding = 0
        while letters.last == UInt8(ascii: "="), padding < 2 {
            letters.removeLast()
            padding += 1
        }
        guard letters.count % 4 != 1, padding == 0 || (letters.count + padding) % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters.count * 3 / 4)
        var (bits, count): (UInt32, Int) = (0, 0)
        for letter in letters {
            guard let value = value(of: letter) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bits & (1 << UInt32(count) - 1) == 0 ? bytes : nil
    }

    private static func value(of letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
