import TOMLKit

/// The settings file, parsed, with the line of every key.
struct SettingsFile: Sendable {
    /// The name that faults show.
    let name: String
    private let sections: [String: SettingValue]
    private let lines: [String: Int]

    /// No file: only defaults and the environment.
    static let none = SettingsFile(name: "settings", sections: [:], lines: [:])

    private init(name: String, sections: [String: SettingValue], lines: [String: Int]) {
        self.name = name
        self.sections = sections
        self.lines = lines
    }

    /// Parses a file.
    ///
    /// - Throws: `ConfigurationFaults` with the first syntax error and its position; the parser stops there.
    init(name: String, text: String) throws(ConfigurationFaults) {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let begin = error.source.begin
            let fault = ConfigurationFault(
                place: "\(name):\(begin.line):\(begin.column)",
                key: nil,
                problem: error.description
            )
            throw ConfigurationFaults(faults: [fault])
        } catch {
            throw ConfigurationFaults(faults: [ConfigurationFault(place: name, key: nil, problem: "\(error)")]
            )
        }
        self.init(name: name, sections: SettingValue.members(of: table), lines: Self.index(text))
    }

    func value(_ section: String, _ key: String) -> SettingValue? {
        guard case .table(let members)? = sections[section] else { return nil }
        return members[key]
    }

    /// The tables of a list of tables, such as `[[channel]]`; nil where the key is something else.
    func entries(_ name: String) -> [SettingsEntry]? {
        guard let value = sections[name] else { return [] }
        guard case .list(let values) = value else { return nil }
        var entries: [SettingsEntry] = []
        for (index, value) in values.enumerated() {
            guard case .table(let members) = value else { return nil }
            let whole = "\(name)[\(index)]"
            entries.append(
                SettingsEntry(members, name: whole) { key in
                    let line = lines[key] ?? lines[whole]
                    return line.map { "\(self.name):\($0)" } ?? self.name
                }
            )
        }
        return entries
    }

    /// Every key of the file: `section.key`, and `section` alone where it is not a table.
    var keys: [String] {
        sections.flatMap { section, value -> [String] in
            guard case .table(let members) = value else { return [section] }
            return members.keys.map { "\(section).\($0)" }
        }
    }

    /// Sections without a key.
    var emptySections: [String] {
        sections.filter { $0.value == .table([:]) }.map(\.key)
    }

    func place(of key: String) -> String {
        lines[key].map { "\(name):\($0)" } ?? name
    }

    /// The parser gives no positions for keys, so the headers and the `key =` lines are looked for.
    private static func index(_ text: String) -> [String: Int] {
        var lines: [String: Int] = [:]
        var section = ""
        var counts: [String: Int] = [:]
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if trimmed.first == "[" {
                section = String(trimmed.drop { $0 == "[" }.prefix { $0 != "]" }).filter { $0 != " " }
                if trimmed.hasPrefix("[[") {
                    let index = counts[section, default: 0]
                    counts[section] = index + 1
                    lines[section] = lines[section] ?? number + 1
                    section = "\(section)[\(index)]"
                }
                lines[section] = lines[section] ?? number + 1
            } else if let equals = trimmed.firstIndex(of: "="), trimmed.first != "#" {
                let key = trimmed[..<equals].filter { $0 != " " && $0 != "\t" && $0 != "\"" }
                let full = section.isEmpty ? key : "\(section).\(key)"
                lines[full] = lines[full] ?? number + 1
            }
        }
        return lines
    }
}
