import MartletCore

/// Finds what comes closest to a size among those that a family can give.
///
/// The ratio counts first, then the number of points.
enum OneMinImageSize {
    /// The text of a list such as `1024x1536` or `16:9` that is closest.
    static func nearest(width: Int, height: Int, among texts: [String]) -> String? {
        let wanted = Double(width) / Double(height)
        return texts.min { one, other in
            let (first, second) = (distance(one, wanted), distance(other, wanted))
            if abs(first - second) > 0.000_1 { return first < second }
            return areaDistance(one, width * height) < areaDistance(other, width * height)
        }
    }

    /// Width and height in multiples of 32 within a range, with the ratio kept as far as that goes.
    static func pixels(
        width: Int,
        height: Int,
        in range: ClosedRange<Int>,
        area: Int
    ) -> (width: Int, height: Int) {
        let longest = Double(max(width, height))
        let shrink = min(
            1,
            Double(range.upperBound) / longest,
            (Double(area) / Double(width * height)).squareRoot()
        )
        func fit(_ side: Int) -> Int {
            let rounded = Int(Double(side) * shrink) / 32 * 32
            return min(max(rounded, range.lowerBound), range.upperBound)
        }
        return (fit(width), fit(height))
    }

    /// A size that gpt-image-2 takes: multiples of 16, 655,360 to 8,294,400 points, no edge above 3,840, no ratio above
    /// 3:1.
    static func free(width: Int, height: Int) -> (width: Int, height: Int) {
        let ratio = min(max(Double(width) / Double(height), 1.0 / 3), 3)
        let area = min(max(Double(width * height), 655_360), 8_294_400)
        var long = (area * max(ratio, 1 / ratio)).squareRoot()
        long = min(long, 3_840)
        var short = long / max(ratio, 1 / ratio)
        // To the nearest step, then inwards: rounding must not break a bound.
        long = (long / 16).rounded() * 16
        short = (short / 16).rounded() * 16
        while long * short > 8_294_400 { long -= 16 }
        while long * short < 655_360 || long > short * 3 { short += 16 }
        let sides = (Int(long), Int(short))
        return ratio >= 1 ? sides : (sides.1, sides.0)
    }

    /// The ratio in small numbers: 1536x1024 → 3:2; what does not come out small is the nearest of the usual ones.
    static func parts(width: Int, height: Int) -> (width: Int, height: Int) {
        let divisor = greatestCommonDivisor(width, height)
        let (wide, high) = (width / divisor, height / divisor)
        if max(wide, high) <= 16 { return (wide, high) }
        let usual = ["1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "2:1", "1:2"]
        let text = nearest(width: width, height: height, among: usual) ?? "1:1"
        return numbers(in: text) ?? (1, 1)
    }

    private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
        other == 0 ? max(one, 1) : greatestCommonDivisor(other, one % other)
    }

    private static func distance(_ text: String, _ wanted: Double) -> Double {
        guard let (wide, high) = numbers(in: text) else { return .infinity }
        let ratio = Double(wide) / Double(high)
        return max(ratio, wanted) / min(ratio, wanted)
    }

    private static func areaDistance(_ text: String, _ wanted: Int) -> Double {
        guard let (wide, high) = numbers(in: text) else { return .infinity }
        let area = Double(wide * high)
        return max(area, Double(wanted)) / min(area, Double(wanted))
    }

    private static func numbers(in text: String) -> (width: Int, height: Int)? {
        let parts = text.split { $0 == "x" || $0 == ":" }.compactMap { Int($0) }
        guard parts.count == 2, parts[0] > 0, parts[1] > 0 else { return nil }
        return (parts[0], parts[1])
    }
}
