import MartletCore

/// Reads an `aiRecord`, the account that 1min.ai gives of a finished request.
struct OneMinRecord {
    private let record: JSON

    /// Finds the record in an answer; the answer itself when there is none.
    init(in answer: JSON) {
        record = answer["aiRecord"] ?? answer
    }

    /// Why it failed; nil when it did not.
    ///
    /// A missing status counts as success.
    var failure: UpstreamFailure? {
        guard let status = record["status"]?.stringValue, status != "SUCCESS" else { return nil }
        return OneMinErrors.failure(ofRecord: record)
    }

    /// No answer takes more: what is above is a fault of the vendor's, and must not be added up.
    private static let plausibleTokens = 0...1_000_000_000

    /// The tokens it took; nil when the record does not say, or nothing plausible.
    var usage: TokenUsage? {
        guard let metadata = record["metadata"],
            let input = metadata["inputToken"]?.intValue, Self.plausibleTokens.contains(input),
            let output = metadata["outputToken"]?.intValue, Self.plausibleTokens.contains(output)
        else { return nil }
        return TokenUsage(input: TokenCount(input), output: TokenCount(output))
    }

    /// The answer's text; nil when the record holds none.
    var text: String? {
        let detail = record["aiRecordDetail"]
        return detail?["resultObject"].flatMap(Self.text) ?? detail?["responseObject"].flatMap(Self.text)
            ?? record["resultObject"].flatMap(Self.text) ?? record["result"].flatMap(Self.text)
            ?? record["content"].flatMap(Self.text)
    }

    /// Documented as an array of strings; met as one string and as an object with `content`.
    private static func text(in place: JSON) -> String? {
        if let pieces = place.arrayValue {
            let texts = pieces.compactMap { text(in: $0) }
            return texts.isEmpty ? nil : texts.joined(separator: "\n")
        }
        return place.stringValue ?? place["content"]?.stringValue
    }
}
