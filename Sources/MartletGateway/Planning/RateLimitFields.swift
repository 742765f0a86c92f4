import HTTPTypes
import MartletCore
import MartletMeter

/// The `x-ratelimit-…` fields, as OpenAI names and spells them.
///
/// Source: OpenAI's guide to rate limits, "Rate limits in headers" (2026-10).
enum RateLimitFields {
    /// Adds six fields, for the tightest limit of each unit; a unit without a limit gets none.
    ///
    /// A request is admitted or refused once, so that none of them is there yet.
    static func set(_ states: [LimitState], in fields: inout HTTPFields) {
        fields.reserveCapacity(fields.count + 6)
        add(states.tightest(.requests), named: requests, to: &fields)
        add(states.tightest(.tokens), named: tokens, to: &fields)
    }

    /// `12ms`, `1.5s`, `6m0s`.
    static func spell(_ duration: Duration) -> String {
        let milliseconds = max(0, Int((duration / .milliseconds(1)).rounded(.up)))
        var text: [UInt8] = []
        if milliseconds < 1_000 {
            text.append(decimal: milliseconds)
            text.append("ms")
        } else {
            if milliseconds >= 60_000 {
                text.append(decimal: milliseconds / 60_000)
                text.append("m")
            }
            text.append(decimal: milliseconds / 1_000 % 60)
            appendFraction(milliseconds % 1_000, to: &text)
            text.append("s")
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A point and the thousandths without the zeros at their end; nothing for none.
    private static func appendFraction(_ thousandths: Int, to text: inout [UInt8]) {
        guard thousandths > 0 else { return }
        var (digits, width) = (thousandths, 3)
        while digits % 10 == 0 {
            digits /= 10
            width -= 1
        }
        text.append(".")
        text.append(decimal: digits, width: width)
    }

    private static func add(_ state: LimitState?, named names: Names?, to fields: inout HTTPFields) {
        guard let state, let names else { return }
        fields.append(HTTPField(name: names.limit, value: String(state.limit)))
        fields.append(HTTPField(name: names.remaining, value: String(state.remaining)))
        fields.append(HTTPField(name: names.reset, value: spell(state.reset)))
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

    private static let requests = Names(.requests)
    private static let tokens = Names(.tokens)
}
