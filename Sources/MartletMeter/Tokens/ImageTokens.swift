public import MartletCore

/// Estimates what a picture counts in tokens, by the rules of the model's family.
///
/// The vendor's own count, where it reports one, replaces the estimate. Sources: OpenAI, "Images and vision: calculating
/// costs"; Anthropic, "Vision: evaluate image size"; Google, "Understand and count tokens"; xAI, "Image understanding";
/// Alibaba, "Visual understanding: token calculation" (2026-10). Families without published rules count as OpenAI's
/// tiles do.
public enum ImageTokens {
    /// What a picture is taken for whose size is not known yet.
    private static let usualSize = ImageSize(width: 1_024, height: 1_024)

    /// The tokens of one picture.
    ///
    /// - Parameters:
    ///   - model: the model's name at the vendor.
    ///   - size: in pixels; nil for one that was not fetched yet.
    ///   - detail: how closely the model looks; nil counts as `auto`, and `auto` as `high`.
    /// - Returns: the estimate.
    public static func count(model: String, size: ImageSize?, detail: Media.Detail?) -> TokenCount {
        let size = size ?? usualSize
        let name = model.lowercased()
        if name.contains("claude") { return claude(size) }
        if name.hasPrefix("gemini") { return gemini(size) }
        if name.hasPrefix("grok") { return grok(size) }
        if name.hasPrefix("qwen") { return patches(size, edge: 32, most: 2_560) + 2 }
        if name.hasPrefix("mistral") || name.hasPrefix("magistral") || name.hasPrefix("ministral")
            || name.hasPrefix("pixtral")
        {
            return patches(scaled(size, longest: 1_540), edge: 28, most: 3_025)
        }
        return tiles(name, size, detail: detail)
    }

    /// OpenAI's smaller models count squares instead of tiles, each worth more than a token.
    private static let patchWorth: [(prefix: String, worth: Double)] = [
        ("gpt-5-mini", 1.62), ("gpt-5-nano", 2.46), ("gpt-4.1-mini", 1.62), ("gpt-4.1-nano", 2.46),
        ("o4-mini", 1.72),
    ]

    /// A number for the whole, and in high detail another for each tile of 512 pixels, after fitting into
    /// 2,048 × 2,048 and then making the shorter side 768 at most: 85 and 170, for the reasoning models 75 and 150, for
    /// `gpt-5` 70 and 140.
    ///
    /// `gpt-4o-mini` is billed as if a picture had 33 times as many: here it counts as it does for `gpt-4o`.
    private static func tiles(_ name: String, _ size: ImageSize, detail: Media.Detail?) -> TokenCount {
        if let (_, worth) = patchWorth.first(where: { name.hasPrefix($0.prefix) }) {
            return TokenCount(Int((Double(patches(size, edge: 32, most: 1_536).value) * worth).rounded(.up)))
        }
        let isReasoning = name.hasPrefix("o1") || name.hasPrefix("o3")
        let whole = name.hasPrefix("gpt-5") ? 70 : isReasoning ? 75 : 85
        guard detail != .low else { return TokenCount(whole) }
        var fitted = scaled(size, longest: 2_048)
        let shorter = min(fitted.width, fitted.height)
        if shorter > 768 {
            fitted = ImageSize(
                width: max(1, fitted.width * 768 / shorter),
                height: max(1, fitted.height * 768 / shorter)
            )
        }
        return TokenCount(whole + 2 * whole * pieces(fitted.width, 512) * pieces(fitted.height, 512))
    }

    /// A token for 750 pixels, after making the longer side 1,568 at most; never more than 1,600.
    private static func claude(_ size: ImageSize) -> TokenCount {
        let fitted = scaled(size, longest: 1_568)
        return TokenCount(min(1_600, pieces(fitted.width * fitted.height, 750)))
    }

    /// 258 for a small picture, else 258 for each tile of 768 pixels.
    private static func gemini(_ size: ImageSize) -> TokenCount {
        guard size.width > 384 || size.height > 384 else { return 258 }
        let fitted = scaled(size, longest: 3_072)
        return TokenCount(258 * pieces(fitted.width, 768) * pieces(fitted.height, 768))
    }

    /// 256 for each tile of 448 pixels, at most six, and 256 for the whole.
    private static func grok(_ size: ImageSize) -> TokenCount {
        let fitted = scaled(size, longest: 2_688)
        return TokenCount(256 * (1 + min(6, pieces(fitted.width, 448) * pieces(fitted.height, 448))))
    }

    /// A token for each square of `edge` pixels, `most` at most.
    private static func patches(_ size: ImageSize, edge: Int, most: Int) -> TokenCount {
        let fitted = scaled(size, longest: 16_384)
        return TokenCount(min(most, pieces(fitted.width, edge) * pieces(fitted.height, edge)))
    }

    /// The size after making the longer side `longest` at most; headers may claim any number.
    private static func scaled(_ size: ImageSize, longest: Int) -> ImageSize {
        let longer = max(size.width, size.height)
        guard longer > longest else { return size }
        let factor = Double(longest) / Double(longer)
        return ImageSize(
            width: max(1, Int(Double(size.width) * factor)),
            height: max(1, Int(Double(size.height) * factor))
        )
    }

    private static func pieces(_ length: Int, _ piece: Int) -> Int { (length + piece - 1) / piece }
}
