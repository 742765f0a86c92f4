public import MartletCore

/// Names that models used to have.
public struct ModelAliases: Sendable, Equatable {
    /// Old name → today's name of the same model.
    public var renamed: [ModelName: ModelName]
    /// Name of a model that is no more → the one to use instead.
    public var retired: [ModelName: ModelName]

    /// Makes a table.
    public init(renamed: [ModelName: ModelName] = [:], retired: [ModelName: ModelName] = [:]) {
        self.renamed = renamed
        self.retired = retired
    }

    /// Reads `{"renamed":{"old":"new"},"retired":{"old":"successor"}}`; nil when it is something else.
    public init?(_ bytes: [UInt8]) {
        guard let json = try? JSON.parse(bytes), json.objectValue != nil else { return nil }
        self.init(renamed: Self.names(json["renamed"]), retired: Self.names(json["retired"]))
    }

    private static func names(_ json: JSON?) -> [ModelName: ModelName] {
        var names: [ModelName: ModelName] = [:]
        for (old, new) in json?.objectValue ?? [:] {
            names[ModelName(old)] = new.stringValue.map { ModelName($0) }
        }
        return names
    }
}
