/// Times of the calendar, in UTC.
///
/// Source: RFC 3339; the days are counted as in Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
public enum CivilTime {
    /// Seconds since 1970 of `2026-12-01T00:00:00Z`, of the same with an offset, and of a bare date; nil for another text.
    public static func seconds(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard let year = number(bytes, 0, 4), at(bytes, 4, "-"), let month = number(bytes, 5, 2),
            at(bytes, 7, "-"),
            let day = number(bytes, 8, 2), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let midnight = days(year: year, month: month, day: day) * 86_400
        if bytes.count == 10 { return midnight }
        guard bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            let hour = number(bytes, 11, 2),
            at(bytes, 13, ":"), let minute = number(bytes, 14, 2), at(bytes, 16, ":"),
            let second = number(bytes, 17, 2), hour < 24, minute < 60, second < 61
        else { return nil }
        var index = 19
        if at(bytes, index, ".") {
            index += 1
            while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        }
        guard let offset = offset(bytes, index) else { return nil }
        return midnight + hour * 3_600 + minute * 60 + second - offset
    }

    private static func offset(_ bytes: [UInt8], _ index: Int) -> Int? {
        guard index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "Z") { return index + 1 == bytes.count ? 0 : nil }
        guard bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"),
            bytes.count == index + 6,
            let hours = number(bytes, index + 1, 2), at(bytes, index + 3, ":"),
            let minutes = number(bytes, index + 4, 2), hours < 24, minutes < 60
        else { return nil }
        return (bytes[index] == UInt8(ascii: "-") ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let ofEra = shifted - era * 400
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    private static func at(_ bytes: [UInt8], _ index: Int, _ character: Unicode.Scalar) -> Bool {
        index < bytes.count && UInt32(bytes[index]) == character.value
    }

    private static func number(_ bytes: [UInt8], _ index: Int, _ count: Int) -> Int? {
        guard index + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[index..<index + count] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
