import MartletCore

/// Calls of tools, written out as text.
enum ToolCallText {
    private static let tags = ["tool_call", "function_call"]

    /// A call as the model is asked to write it.
    static func spell(_ call: ToolCall) -> String {
        let arguments = (try? JSON.parse(call.arguments)) ?? .string(call.arguments)
        let object: JSON = ["name": .string(call.name), "arguments": arguments]
        return "<tool_call>" + String(decoding: object.serialized(), as: UTF8.self) + "</tool_call>"
    }

    /// The calls in an answer, each as the model wrote it, and the text before the first.
    static func payloads(in text: String) -> (payloads: [String], lead: String) {
        for tag in tags {
            let pieces = text.split(separator: "<\(tag)>", omittingEmptySubsequences: false)
            guard pieces.count > 1, let lead = pieces.first else { continue }
            let payloads = pieces.dropFirst().map { piece in
                String(piece.split(separator: "</\(tag)>", omittingEmptySubsequences: false).first ?? piece)
            }
            return (payloads, trim(lead))
        }
        return bare(in: text)
    }

    /// The name and the arguments in one call; nil when it cannot be read.
    static func call(in payload: String) -> (name: String, arguments: String)? {
        guard let object = parse(payload) else { return nil }
        let inner = object["function"]?.objectValue == nil ? object : object["function"] ?? object
        guard let name = inner["name"]?.stringValue, !name.isEmpty else { return nil }
        switch inner["arguments"] ?? inner["parameters"] ?? inner["input"] {
        case nil, .null:
            return (name, "{}")
        case .object(let members):
            return (name, String(decoding: JSON.object(members).serialized(), as: UTF8.self))
        case .string(let text):
            if text.allSatisfy(\.isWhitespace) { return (name, "{}") }
            guard let inner = parse(text), inner.objectValue != nil else { return nil }
            return (name, String(decoding: inner.serialized(), as: UTF8.self))
        default:
            return nil
        }
    }

    /// An answer without tags that is a call all the same: one object or several, alone or in a fence.
    private static func bare(in text: String) -> (payloads: [String], lead: String) {
        let whole = trim(text[...])
        let fence = JSONInAnswer.fenced(in: text[...]).first
        for (candidate, lead) in [(whole, ""), (fence.map { trim($0) } ?? "", before(fence, in: text))] {
            guard candidate.first == "{" || candidate.first == "[", let value = parse(candidate) else {
                continue
            }
            let calls = value["tool_calls"]?.arrayValue ?? value.arrayValue ?? [value]
            guard !calls.isEmpty, calls.allSatisfy(isCall) else { continue }
            return (calls.map { String(decoding: $0.serialized(), as: UTF8.self) }, lead)
        }
        return ([], "")
    }

    /// An object with a name alone may be an answer about anything: the arguments must be there.
    private static func isCall(_ value: JSON) -> Bool {
        let inner = value["function"]?.objectValue == nil ? value : value["function"] ?? value
        return inner["name"]?.stringValue != nil
            && (inner["arguments"] != nil
                || inner["parameters"]?.objectValue?["type"] == nil
                    && inner["parameters"] != nil)
    }

    /// What stands before a fence.
    private static func before(_ fence: Substring?, in text: String) -> String {
        guard let fence else { return "" }
        let start = text[..<fence.startIndex]
        return trim(start.split(separator: "```", omittingEmptySubsequences: false).first ?? start)
    }

    private static func parse(_ text: String) -> JSON? {
        JSONInAnswer.find(in: text)?.value
            ?? JSONInAnswer.find(in: JSONInAnswer.withoutTrailingCommas(text))?.value
    }

    private static func trim(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
