/// One table of a list of tables, such as one `[[channel]]`, read member by member; every fault is gathered.
struct SettingsEntry {
    private let members: [String: SettingValue]
    /// How faults name the entry, for example `channel[0]`.
    let name: String
    private let place: (String) -> String
    private var known: Set<String> = []
    /// What is wrong so far.
    private(set) var faults: [ConfigurationFault] = []

    /// - Parameters:
    ///   - members: of the table.
    ///   - name: how faults name it.
    ///   - place: where a key of it stands, by its whole name.
    init(_ members: [String: SettingValue], name: String, place: @escaping (String) -> String) {
        self.members = members
        self.name = name
        self.place = place
    }

    /// A fault for each member that nobody has asked for.
    mutating func refuseUnknown() {
        for key in members.keys.sorted() where !known.contains(key) { addFault(key, "is not a setting.") }
    }

    mutating func addFault(_ key: String, _ problem: String) {
        let whole = key.isEmpty ? name : "\(name).\(key)"
        faults.append(ConfigurationFault(place: place(whole), key: whole, problem: problem))
    }

    mutating func value(_ key: String) -> SettingValue? {
        known.insert(key)
        return members[key]
    }

    /// Whether there is such a member, whatever it is.
    func has(_ key: String) -> Bool { members[key] != nil }

    mutating func text(_ key: String) -> String? {
        switch value(key) {
        case nil: return nil
        case .text(let text)?: return text
        default:
            addFault(key, "must be a text in quotes.")
            return nil
        }
    }

    mutating func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        let found: Double
        switch value(key) {
        case nil: return nil
        case .integer(let integer)?: found = Double(integer)
        case .decimal(let decimal)?: found = decimal
        default:
            addFault(key, "must be a number.")
            return nil
        }
        guard range.contains(found) else {
            addFault(key, "must be between \(Int(range.lowerBound)) and \(Int(range.upperBound)).")
            return nil
        }
        return found
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let number = number(key, in: Double(range.lowerBound)...Double(range.upperBound)) else {
            return nil
        }
        guard number == number.rounded() else {
            addFault(key, "must be a whole number.")
            return nil
        }
        return Int(number)
    }

    mutating func seconds(_ key: String) -> Duration? {
        number(key, in: 0.1...86_400).map { .seconds($0) }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) -> Choice?
    where Choice.RawValue == String {
        guard let text = text(key) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        addFault(key, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", ")).")
        return nil
    }

    /// A list; a single value counts as a list of one.
    mutating func list(_ key: String) -> [SettingValue] {
        switch value(key) {
        case nil: []
        case .list(let values)?: values
        case let single?: [single]
        }
    }

    /// A table of texts.
    mutating func texts(in key: String) -> [String: String] {
        guard let value = value(key) else { return [:] }
        guard case .table(let members) = value else {
            addFault(key, "must be a table.")
            return [:]
        }
        var texts: [String: String] = [:]
        for (name, value) in members {
            if case .text(let text) = value {
                texts[name] = text
            } else {
                addFault("\(key).\(name)", "must be a text in quotes.")
            }
        }
        return texts
    }

    /// The member `key` as an entry of its own.
    func entry(_ members: [String: SettingValue], at key: String) -> SettingsEntry {
        let place = place
        let outer = name
        return SettingsEntry(members, name: "\(name).\(key)") { whole in
            let found = place(whole)
            // Inside of a list the parser's own index knows only the list.
            return found.contains(":") ? found : place("\(outer).\(key.prefix { $0 != "[" })")
        }
    }

    mutating func take(_ other: SettingsEntry) { faults += other.faults }
}
