extension ModelPrice {
    /// What has a price, by the names that the settings, the API and the command line have for it.
    ///
    /// Tokens are priced by the million, all else by the piece.
    public static let classes = [
        "input", "output", "cached_input", "cache_write", "hour_cache_write", "audio_input", "audio_output",
        "image_output", "image", "second", "character", "call",
    ]

    /// The most that a million tokens, or one of anything else, may cost in dollars.
    public static let highest = 1_000_000.0

    /// The price of a class in US dollars; nil for one that follows from another, and for what is no class.
    public subscript(class name: String) -> Double? {
        get {
            switch name {
            case "input": Self.dollars(input)
            case "output": Self.dollars(output)
            case "cached_input": cachedInput.map(Self.dollars)
            case "cache_write": cacheWrite.map(Self.dollars)
            case "hour_cache_write": hourCacheWrite.map(Self.dollars)
            case "audio_input": audioInput.map(Self.dollars)
            case "audio_output": audioOutput.map(Self.dollars)
            case "image_output": imageOutput.map(Self.dollars)
            case "image": Self.dollars(image)
            case "second": Self.dollars(second)
            case "character": Self.dollars(character)
            case "call": Self.dollars(call)
            default: nil
            }
        }
        set {
            let (tokens, each) = (newValue.map(Self.perToken), newValue.map(Self.each) ?? .zero)
            switch name {
            case "input": input = tokens ?? 0
            case "output": output = tokens ?? 0
            case "cached_input": cachedInput = tokens
            case "cache_write": cacheWrite = tokens
            case "hour_cache_write": hourCacheWrite = tokens
            case "audio_input": audioInput = tokens
            case "audio_output": audioOutput = tokens
            case "image_output": imageOutput = tokens
            case "image": image = each
            case "second": second = each
            case "character": character = each
            case "call": call = each
            default: break
            }
        }
    }

    private static func dollars(_ price: Int64) -> Double { Double(price) / 1_000_000 }

    private static func dollars(_ price: Credits) -> Double { Double(price.nano) / 1_000_000_000 }

    /// Dollars for a million tokens as millionths of a millionth of a dollar for one.
    private static func perToken(_ dollars: Double) -> Int64 {
        Int64((bounded(dollars) * 1_000_000).rounded())
    }

    private static func each(_ dollars: Double) -> Credits {
        Credits(nano: Int64((bounded(dollars) * 1_000_000_000).rounded()))
    }

    private static func bounded(_ dollars: Double) -> Double {
        dollars.isFinite ? min(max(0, dollars), highest) : 0
    }
}
