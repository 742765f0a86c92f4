import HTTPTypes
import MartletMeter

/// The `x-ratelimit-…` fields, as OpenAI names and spells them.
///
/// Source: OpenAI's guide to rate limits, "Rate limits in headers" (2026-10).
enum RateLimitFields {
    /// Sets six fields, for the tightest limit of each unit; a unit without a limit gets none.
    static func set(_ states: [LimitState], in fields: inout HTTPFields) {
        for unit in [LimitUnit.requests, .tokens] {
            guard let state = states.tightest(unit), let names = names[unit] else { continue }
            fields[names.limit] = String(state.limit)
            fields[names.remaining] = String(state.remaining)
            fields[names.reset] = spell(state.reset)
        }
    }

    /// `12ms`, `1.5s`, `6m0s`.
    static func spell(_ duration: Duration) -> String {
        let milliseconds = max(0, Int((duration / .milliseconds(1)).rounded(.up)))
        if milliseconds < 1_000 { return "\(milliseconds)ms" }
        let seconds = milliseconds / 1_000 % 60
        let fraction = milliseconds % 1_000
        let digits = String(1_000 + fraction).dropFirst().trimmingZeros
        let shown = fraction == 0 ? "\(seconds)s" : "\(seconds).\(digits)s"
        return milliseconds < 60_000 ? shown : "\(milliseconds / 60_000)m\(shown)"
    }

    private struct Names {
        let limit: HTTPField.Name
        let remaining: HTTPField.Name
        let reset: HTTPField.Name

        init?(_ unit: LimitUnit) {
            guard let limit = HTTPField.Name("x-ratelimit-limit-\(unit.rawValue)"),
                let remaining = HTTPField.Name("x-ratelimit-remaining-\(unit.rawValue)"),
                let reset = HTTPField.Name("x-ratelimit-reset-\(unit.rawValue)")
            else { return nil }
            (self.limit, self.remaining, self.reset) = (limit, remaining, reset)
        }
    }

    private static let names: [LimitUnit: Names] = {
        var names: [LimitUnit: Names] = [:]
        for unit in [LimitUnit.requests, .tokens] { names[unit] = Names(unit) }
        return names
    }()
}

extension Substring {
    /// Without the zeros at its end.
    fileprivate var trimmingZeros: Substring {
        var text = self
        while text.last == "0" { text = text.dropLast() }
        return text
    }
}
