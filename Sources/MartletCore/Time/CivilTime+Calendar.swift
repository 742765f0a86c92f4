extension CivilTime {
    /// The first second of the day, in seconds since 1970.
    public static func startOfDay(_ seconds: Int) -> Int { seconds - remainder(seconds, 86_400) }

    /// The first second of the month, in seconds since 1970.
    public static func startOfMonth(_ seconds: Int) -> Int {
        startOfDay(seconds) - (date(seconds).day - 1) * 86_400
    }

    /// The date of a second since 1970.
    public static func date(_ seconds: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = (seconds - remainder(seconds, 86_400)) / 86_400 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let shownMonth = month + (month < 10 ? 3 : -9)
        let day = ofYear - (153 * month + 2) / 5 + 1
        return (year + era * 400 + (shownMonth <= 2 ? 1 : 0), shownMonth, day)
    }

    /// A second since 1970 as `2026-12-01T00:00:00Z`.
    public static func text(_ seconds: Int) -> String {
        let (year, month, day) = date(seconds)
        let ofDay = remainder(seconds, 86_400)
        func digits(_ number: Int, _ width: Int = 2) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month))-\(digits(day))T\(digits(ofDay / 3_600)):"
            + "\(digits(ofDay / 60 % 60)):\(digits(ofDay % 60))Z"
    }

    private static func remainder(_ number: Int, _ divisor: Int) -> Int {
        let rest = number % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
