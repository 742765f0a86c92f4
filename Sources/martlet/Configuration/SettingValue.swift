import TOMLKit

/// A value in the settings file.
enum SettingValue: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case decimal(Double)
    case truth(Bool)
    case list([SettingValue])
    case table([String: SettingValue])
    /// A date or a time: no setting takes one.
    case other

    init(_ value: any TOMLValueConvertible) {
        let value = value.tomlValue
        self =
            if let text = value.string {
                .text(text)
            } else if let truth = value.bool {
                .truth(truth)
            } else if let integer = value.int {
                .integer(integer)
            } else if let decimal = value.double {
                .decimal(decimal)
            } else if let array = value.array {
                .list(array.map { SettingValue($0) })
            } else if let table = value.table {
                .table(Self.members(of: table))
            } else {
                .other
            }
    }

    static func members(of table: TOMLTable) -> [String: SettingValue] {
        var members: [String: SettingValue] = [:]
        for key in table.keys {
            if let value = table[key] { members[key] = SettingValue(value) }
        }
        return members
    }
}
