/// Reads settings one by one and gathers every fault, so that all are reported at once.
///
/// The environment lies over the file: `MARTLET_SERVER_WORKERS` stands for `workers` in `[server]`; some settings
/// have a second name there, which users of older relays know.
struct SettingsReader {
    private let file: SettingsFile
    private let environment: [String: String]
    private var known: Set<String> = []
    /// Which variable of the environment a setting came from.
    private var variables: [String: String] = [:]
    /// What is wrong so far.
    private(set) var faults: [ConfigurationFault] = []

    init(file: SettingsFile, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    /// The faults, with those keys of the file that no setting has asked for.
    func allFaults() -> [ConfigurationFault] {
        let sections = Set(known.map { String($0.prefix { $0 != "." }) })
        let unknown =
            (file.keys.filter { !known.contains($0) } + file.emptySections.filter { !sections.contains($0) })
            .sorted()
        let names = Set(known.map { "MARTLET_" + $0.uppercased().replacing(".", with: "_") })
        let strange = environment.keys.filter { $0.hasPrefix("MARTLET_") && !names.contains($0) }
            .filter { !Self.otherVariables.contains($0) }.sorted()
        return faults
            + unknown.map {
                ConfigurationFault(place: file.place(of: $0), key: $0, problem: "is not a setting.")
            }
            + strange.map { ConfigurationFault(place: $0, key: nil, problem: "is the name of no setting.") }
    }

    /// Variables with our prefix that are not settings.
    private static let otherVariables: Set<String> = [
        "MARTLET_CONFIG", "MARTLET_STATE", "MARTLET_BUILD_DIR", WorkerLink.variable, UpgradeState.variable,
    ]

    mutating func integer(
        _ section: String,
        _ key: String,
        default standard: Int,
        in range: ClosedRange<Int>
    ) -> Int {
        let value = number(
            section,
            key,
            default: Double(standard),
            in: Double(range.lowerBound)...Double(range.upperBound)
        )
        guard value == value.rounded() else {
            addFault(section, key, "must be a whole number.")
            return standard
        }
        return Int(value)
    }

    mutating func number(
        _ section: String,
        _ key: String,
        default standard: Double,
        in range: ClosedRange<Double>,
        aliases: [String] = []
    ) -> Double {
        let found: Double
        switch value(section, key, aliases: aliases) {
        case nil: return standard
        case .integer(let integer)?: found = Double(integer)
        case .decimal(let decimal)?: found = decimal
        case .text(let text)?
        where Double(text) != nil
            && (isFromEnvironment(section, key) || aliases.contains { environment[$0] == text }):
            found = Double(text) ?? standard
        default:
            addFault(section, key, "must be a number.")
            return standard
        }
        guard range.contains(found) else {
            addFault(
                section,
                key,
                "must be between \(Self.shown(range.lowerBound)) and \(Self.shown(range.upperBound))."
            )
            return standard
        }
        return found
    }

    mutating func text(_ section: String, _ key: String, default standard: String, aliases: [String] = [])
        -> String
    {
        switch value(section, key, aliases: aliases) {
        case nil: return standard
        case .text(let text)?: return text
        default:
            addFault(section, key, "must be a text in quotes.")
            return standard
        }
    }

    mutating func choice(_ section: String, _ key: String, default standard: String, of choices: [String])
        -> String
    {
        let found = text(section, key, default: standard)
        guard choices.contains(found) else {
            addFault(section, key, "must be one of \(choices.joined(separator: ", ")).")
            return standard
        }
        return found
    }

    mutating func truth(_ section: String, _ key: String, default standard: Bool, aliases: [String] = [])
        -> Bool
    {
        switch value(section, key, aliases: aliases) {
        case nil: return standard
        case .truth(let truth)?: return truth
        case .text(let text)?:
            if let truth = Self.truth(text), isFromEnvironment(section, key) { return truth }
            addFault(section, key, "must be true or false.")
            return standard
        default:
            addFault(section, key, "must be true or false.")
            return standard
        }
    }

    /// A list of texts; in the environment they are separated by commas.
    mutating func texts(
        _ section: String,
        _ key: String,
        default standard: [String],
        aliases: [String] = []
    ) -> [String] {
        switch value(section, key, aliases: aliases) {
        case nil: return standard
        case .text(let text)? where isFromEnvironment(section, key):
            return text.split(separator: ",").map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty }
        case .list(let values)?:
            let texts = values.compactMap { value -> String? in
                if case .text(let text) = value { text } else { nil }
            }
            if texts.count == values.count { return texts }
            fallthrough
        default:
            addFault(section, key, "must be a list of texts in quotes.")
            return standard
        }
    }

    /// The tables of a list of tables, such as `[[channel]]`, each read by `read`.
    mutating func entries<Entry>(_ name: String, _ read: (inout SettingsEntry) -> Entry?) -> [Entry] {
        known.insert(name)
        guard let entries = file.entries(name) else {
            faults.append(
                ConfigurationFault(
                    place: file.place(of: name),
                    key: name,
                    problem: "must be tables: [[\(name)]]."
                )
            )
            return []
        }
        return entries.compactMap { entry in
            var entry = entry
            let read = read(&entry)
            entry.refuseUnknown()
            faults += entry.faults
            return read
        }
    }

    /// A table whose members are texts or lists of texts, such as `[models.fallbacks]`.
    mutating func lists(_ section: String, _ key: String) -> [String: [String]] {
        guard let value = value(section, key) else { return [:] }
        guard case .table(let members) = value else {
            addFault(section, key, "must be a table.")
            return [:]
        }
        var lists: [String: [String]] = [:]
        for (name, value) in members {
            let values: [SettingValue] = if case .list(let values) = value { values } else { [value] }
            lists[name] = values.compactMap { value in
                if case .text(let text) = value { return text }
                addFault(section, "\(key).\(name)", "must be a text in quotes, or a list of them.")
                return nil
            }
        }
        return lists
    }

    /// A table of texts, such as `[models.aliases]`.
    mutating func table(_ section: String, _ key: String) -> [String: String] {
        guard let value = value(section, key) else { return [:] }
        guard case .table(let members) = value else {
            addFault(section, key, "must be a table.")
            return [:]
        }
        var texts: [String: String] = [:]
        for (name, value) in members {
            if case .text(let text) = value {
                texts[name] = text
            } else {
                addFault(section, "\(key).\(name)", "must be a text in quotes.")
            }
        }
        return texts
    }

    mutating func addFault(_ section: String, _ key: String, _ problem: String) {
        let name = "\(section).\(key)"
        faults.append(
            ConfigurationFault(place: variables[name] ?? file.place(of: name), key: name, problem: problem)
        )
    }

    /// Whether a text means yes or no, as people write it in an environment.
    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "on": true
        case "false", "0", "no", "off", "": false
        default: nil
        }
    }

    private mutating func value(_ section: String, _ key: String, aliases: [String] = []) -> SettingValue? {
        known.insert("\(section).\(key)")
        for name in [Self.variable(section, key)] + aliases {
            guard let text = environment[name] else { continue }
            variables["\(section).\(key)"] = name
            return .text(text)
        }
        return file.value(section, key)
    }

    private func isFromEnvironment(_ section: String, _ key: String) -> Bool {
        variables["\(section).\(key)"] != nil
    }

    private static func variable(_ section: String, _ key: String) -> String {
        "MARTLET_\(section.uppercased())_\(key.uppercased())"
    }

    private static func shown(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}
