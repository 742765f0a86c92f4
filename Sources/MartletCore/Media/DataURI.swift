/// A `data:` address: bytes inside of a text.
///
/// Source: RFC 2397.
public struct DataURI: Sendable, Equatable {
    /// What the sender calls the content, in lower case and without parameters, for example `image/png`; empty where
    /// it says nothing.
    public let type: String
    /// The bytes.
    public let content: Base64Text

    /// Why a text is no `data:` address of ours.
    public enum Fault: Error, Equatable, Sendable {
        /// It begins with something else.
        case otherScheme
        /// There is no comma, or it comes too late.
        case noComma
        /// The content is spelled as text.
        case notBase64
    }

    private static let longestHead = 512

    /// Takes a text apart; the content is not looked at.
    ///
    /// - Throws: `Fault`.
    public init(_ text: SourceText) throws(Fault) {
        guard let (scheme, rest) = text.cut(behind: UInt8(ascii: ":"), within: 5),
            scheme.lowercased() == "data"
        else { throw .otherScheme }
        guard let (head, content) = rest.cut(behind: UInt8(ascii: ","), within: Self.longestHead) else {
            throw .noComma
        }
        let parts = head.lowercased().split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " } }
        guard parts.dropFirst().contains("base64") else { throw .notBase64 }
        type = parts.first ?? ""
        self.content = Base64Text(content)
    }
}
