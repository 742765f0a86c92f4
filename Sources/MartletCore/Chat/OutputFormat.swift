/// What form the answer must have.
public enum OutputFormat: Sendable, Equatable {
    case text
    /// Any JSON object.
    case jsonObject
    /// JSON that fits a schema; the client's own `json_schema` object.
    case jsonSchema(JSONObject)
}
