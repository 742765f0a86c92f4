import MartletCore

/// What the models of one family want to be told, and in which fields: one row of the table.
///
/// Only the fields of the family are ever sent: the service refuses others.
///
/// Source: 1min.ai's API documentation, one page per model (2026-10); what no page tells was taken from clients that
/// work.
struct OneMinImageFamily: Sendable {
    /// How many pictures a job gives, and in which field that is said.
    enum Count: Sendable {
        /// A field with the number, up to a limit.
        case field(String, upTo: Int)
        /// A field that always holds the same number, whatever is wanted.
        case fixed(String, Int)
        /// One, without a field.
        case one
    }

    /// How the size is said.
    enum Shape: Sendable {
        /// Not at all.
        case none
        /// One of these texts in `size`.
        case sizes([String])
        /// Any text in `size` that the rules of gpt-image-2 allow; never left out.
        case freeSize
        /// A ratio in the field, one of these.
        case ratio(String, [String])
        /// `aspect_ratio` is `custom`, and `width` and `height` are multiples of 32 in a range, with at most so many
        /// points.
        case pixels(ClosedRange<Int>, area: Int)
        /// The two parts of the ratio, in `aspect_width` and `aspect_height`.
        case ratioParts
    }

    /// Quality, in the family's own words.
    enum Quality: Sendable {
        /// Not at all.
        case none
        /// `low`, `medium`, `high`.
        case levels
        /// The same, and never left out.
        case requiredLevels
        /// `standard`, `hd`.
        case standardOrHD
    }

    /// Kinds of file.
    struct Formats: Sendable {
        /// The field.
        let field: String
        /// OpenAI's word for each kind, and the family's.
        let names: [ImageRequest.Format: String]
        /// The field that says how much a file is squeezed; nil where it cannot be said.
        var compression: String?
    }

    /// Beginnings of the ids of its models.
    let models: [String]
    /// How many pictures.
    var count = Count.one
    /// How large.
    var shape = Shape.none
    /// How good.
    var quality = Quality.none
    /// Whether `style` may be `vivid` or `natural`.
    var hasStyle = false
    /// The grounds that can be asked for.
    var backgrounds: [ImageRequest.Background] = []
    /// The kinds of file; nil where it cannot be chosen.
    var formats: Formats?
    /// Fields that are always the same.
    var constants: JSONObject = [:]
    /// Whether a style must be looked up and named.
    var needsStyleCode = false
}
