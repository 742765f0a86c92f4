import Crypto
public import MartletCore

/// Makes API keys, and knows their forms.
public enum KeyIssuer {
    private static let digitCount = 64
    private static let poolDigitCount = 48

    /// A new key: `sk-` and 64 hexadecimal digits, 256 bits of the system's generator.
    public static func make() -> Secret {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        let digits = Array("0123456789abcdef".utf8)
        return Secret(
            "sk-"
                + String(
                    decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                    as: UTF8.self
                )
        )
    }

    /// Whether a key has a form that only keys from here have: it is never passed on to a vendor.
    ///
    /// These are `sk-` with 64 hexadecimal digits, and `kp_` with 48, as the key pools before had them.
    public static func isOurs(_ key: Secret) -> Bool {
        let text = key.revealed.utf8
        return hasForm(text, "sk-", digitCount) || hasForm(text, "kp_", poolDigitCount)
    }

    /// Enough of a key for people to recognise it: its kind and the last four characters.
    public static func hint(of key: Secret) -> String {
        let text = key.revealed
        guard text.count >= 24 else { return "…" }
        return "\(text.prefix(3))…\(text.suffix(4))"
    }

    private static func hasForm(_ text: String.UTF8View, _ prefix: StaticString, _ count: Int) -> Bool {
        guard text.count == prefix.utf8CodeUnitCount + count, text.starts(with: "\(prefix)".utf8) else {
            return false
        }
        return text.dropFirst(prefix.utf8CodeUnitCount).allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
    }
}
