import MartletCore

/// Reads the names of models out of a vendor's list.
///
/// Sources: the API references of OpenAI and Anthropic (`data[].id`), Gemini (`models[].name`, with `models/` before
/// it) and 1min.ai (`models[].modelId`), 2026-11.
public enum VendorModelNames {
    private static let longestName = 200

    /// The names in order, each once; nil for what is no list of models.
    ///
    /// What could not be the name of a model (no text, too long, control characters) is left out.
    public static func read(_ body: [UInt8]) -> [String]? {
        guard let json = try? JSON.parse(body),
            let list = json["data"]?.arrayValue ?? json["models"]?.arrayValue ?? json.arrayValue
        else { return nil }
        var seen: Set<String> = []
        return list.compactMap(name).filter { seen.insert($0).inserted }
    }

    private static func name(in item: JSON) -> String? {
        let found = item["id"] ?? item["modelId"] ?? item["name"] ?? item
        guard let text = found.stringValue else { return nil }
        let name = text.hasPrefix("models/") ? String(text.dropFirst(7)) : text
        let isSound = name.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "," }
        return isSound && !name.isEmpty && name.utf8.count <= longestName ? name : nil
    }
}
