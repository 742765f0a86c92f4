/// The token vocabularies that can be counted exactly.
public enum Vocabulary: String, Sendable, CaseIterable {
    /// GPT-4, GPT-3.5 and the second and third embedding models.
    case cl100k = "cl100k_base"

    /// GPT-4o and all later ones; for models of other vendors it is as good as any.
    case o200k = "o200k_base"

    /// The vocabulary that the model `name` uses; one that is not in the table uses `o200k`.
    ///
    /// A vendor's prefix, as in `openai/gpt-4`, is skipped.
    public init(model name: String) {
        let hasPrefix = name.utf8.contains(UInt8(ascii: "/"))
        let model = hasPrefix ? name.split(separator: "/").last.map(String.init) ?? name : name
        let known = Self.models.first { $0.name == model } ?? Self.prefixes.first { model.hasPrefix($0.name) }
        self = known?.vocabulary ?? .o200k
    }

    /// Whole names.
    ///
    /// Source: `tiktoken/model.py` in tiktoken 0.14.
    private static let models: [(name: String, vocabulary: Vocabulary)] = [
        ("gpt-4", .cl100k),
        ("gpt-3.5-turbo", .cl100k),
        ("gpt-3.5", .cl100k),
        ("gpt-35-turbo", .cl100k),
        ("davinci-002", .cl100k),
        ("babbage-002", .cl100k),
        ("text-embedding-ada-002", .cl100k),
        ("text-embedding-3-small", .cl100k),
        ("text-embedding-3-large", .cl100k),
    ]

    /// Beginnings of names, first match wins.
    ///
    /// Same source.
    private static let prefixes: [(name: String, vocabulary: Vocabulary)] = [
        ("gpt-4-", .cl100k),
        ("gpt-3.5-turbo-", .cl100k),
        ("gpt-35-turbo-", .cl100k),
        ("ft:gpt-4o", .o200k),
        ("ft:gpt-4.1", .o200k),
        ("ft:gpt-4", .cl100k),
        ("ft:gpt-3.5-turbo", .cl100k),
        ("ft:davinci-002", .cl100k),
        ("ft:babbage-002", .cl100k),
    ]
}
