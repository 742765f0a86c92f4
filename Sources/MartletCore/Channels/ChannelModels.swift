/// The models of a channel as people write them: `gpt-4o`, `fast=gpt-4o-mini`, with a table of the vendor's names beside.
public enum ChannelModels {
    /// Reads a list; `*` is no model, and of equal names the first stands.
    ///
    /// `mapping` is a JSON object of names and the names that are meant by them; a name may lead to another of its own.
    public static func read(_ texts: [String], mapping: String) -> [ChannelModel] {
        let table = (try? JSON.parse(Array(mapping.utf8)))?.objectValue ?? JSONObject()
        var seen: Set<ModelName> = []
        return texts.filter { $0 != "*" && !$0.isEmpty }.compactMap { text in
            let parts = text.split(separator: "=", maxSplits: 1).map { String($0.filter { $0 != " " }) }
            guard let name = parts.first, let written = parts.last, seen.insert(ModelName(name)).inserted
            else {
                return nil
            }
            let upstream = meant(by: written, in: table) ?? written
            return ChannelModel(name: ModelName(name), upstreamName: ModelName(upstream))
        }
    }

    /// Where a name leads at last; nil for one that leads back to itself.
    public static func meant(by name: String, in table: JSONObject) -> String? {
        var current = name
        var passed: Set<String> = [name]
        while let next = table[current]?.stringValue, !next.isEmpty {
            guard passed.insert(next).inserted else { return nil }
            current = next
        }
        return current
    }
}
