import ArgumentParser
import MartletAccounts
import MartletCore
import MartletStore

/// `martlet channel …`: channels that the database keeps.
struct ChannelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channel",
        abstract: "Add, list and change channels while the service runs.",
        subcommands: [
            ListChannels.self, AddChannel.self, SetChannel.self, DeleteChannel.self, ListChannelKeys.self,
            AddChannelKeys.self, SetChannelKey.self, DeleteChannelKey.self,
        ]
    )
}

/// `martlet channel list`.
struct ListChannels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the channels of the database."
    )

    @OptionGroup var options: CommonOptions
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() throws {
        let (rows, keys, states) = try Records(options).read { tables throws(StoreError) in
            (try tables.channels.all(), try tables.channels.keys(of: 0), try tables.keyStates.all())
        }
        func reason(_ row: ChannelTable.Row) -> String {
            ChannelHealth(
                of: row.name,
                isEnabled: row.status == .enabled,
                keys: keys.filter { $0.channel == row.id && $0.isEnabled }.map(\.name),
                states: states,
                now: WallClock.seconds()
            ).reason.rawValue
        }
        func count(_ row: ChannelTable.Row) -> Int { keys.count { $0.channel == row.id } }
        if json {
            let list = rows.map { row -> JSON in
                [
                    "id": JSON(Int(row.id)), "name": .string(row.name), "kind": .string(row.kind),
                    "base_url": .string(row.address), "models": .array(row.models.map { .string($0) }),
                    "status": .string("\(row.status)"), "reason": .string(reason(row)),
                    "priority": JSON(row.priority),
                    "weight": JSON(row.weight),
                    "keys": JSON(count(row)),
                ]
            }
            return print(String(decoding: JSON.array(list).serialized(), as: UTF8.self))
        }
        TextTable.write(
            ["ID", "NAME", "KIND", "STATUS", "REASON", "KEYS", "PRIORITY", "MODELS"],
            rows.map { row in
                [
                    "\(row.id)", row.name, row.kind, "\(row.status)",
                    reason(row).isEmpty ? "-" : reason(row), "\(count(row))", "\(row.priority)",
                    row.models.joined(separator: ","),
                ]
            }
        )
    }
}

/// `martlet channel add NAME`.
struct AddChannel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a channel; its keys are read from standard input, one on each line."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "A name: letters, digits, - and _.") var name: String
    @Option(help: "openai, azure, anthropic, gemini, compatible or onemin; known for well-known names.")
    var kind: String?
    @Option(help: "Its address; known for well-known names and kinds.") var baseURL: String?
    @Option(help: "Its models, separated by commas: names, name=vendor's-name, or *.") var models = ""
    @Option(help: "Higher is asked first.") var priority = 0
    @Option(help: "How often among its equals.") var weight = 1

    func run() throws {
        let records = try Records(options)
        guard let row = ChannelSettings.row(name, kind: kind, address: baseURL, models: models) else {
            throw Refused(
                "the name, the kind, the address or the models are missing or not sound (see --help)"
            )
        }
        guard !records.configuration.channels.contains(where: { $0.name == name }) else {
            throw Refused("the settings file has a channel of this name")
        }
        let secrets = try ChannelKeyInput.read()
        let vault = try records.vault()
        var wanted = row
        (wanted.priority, wanted.weight, wanted.created) = (priority, weight, WallClock.seconds())
        let (made, all) = (wanted, secrets)
        let number = try records.change("channel.create", of: "channel \(name)", "\(secrets.count) keys") {
            tables throws(StoreError) -> Int64? in
            guard let number = try tables.channels.add(made) else { return nil }
            for secret in all {
                guard let key = ChannelTable.Key(secret, of: number, in: vault) else { return nil }
                try tables.channels.add(key)
            }
            return number
        }
        guard let number else { throw Refused("there is a channel '\(name)'") }
        print("channel \(number): \(name), \(secrets.count) keys")
    }
}

/// `martlet channel set NAME`.
struct SetChannel: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Change a channel.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "The channel's name.") var name: String
    @Option(name: .customLong("status"), help: "enabled or disabled.", transform: Word.isEnabled)
    var isEnabled: Bool?
    @Option(help: "Its models, separated by commas.") var models: String?
    @Option(help: "Its address.") var baseURL: String?
    @Option(help: "Groups that may use it, separated by commas; empty for all.") var groups: String?
    @Option(help: "A word to sort channels by.") var tag: String?
    @Option(help: "Higher is asked first.") var priority: Int?
    @Option(help: "How often among its equals.") var weight: Int?

    func run() throws {
        let records = try Records(options)
        let address = baseURL.flatMap(ChannelSettings.base)
        guard baseURL == nil || address != nil else {
            throw Refused("--base-url must be an http or https address")
        }
        let number = try records.channel(named: name).id
        let changed = try records.change("channel.update", of: "channel \(name)") {
            tables throws(StoreError) -> ChannelTable.Row? in
            let change = try tables.channels.change(number) { row throws(StoreError) in
                row.status = isEnabled.map { $0 ? .enabled : .disabled } ?? row.status
                if let models { row.models = ChannelSettings.words(models) }
                row.priority = priority ?? row.priority
                row.weight = max(0, weight ?? row.weight)
                row.address = address ?? row.address
                row.groups = groups.map(ChannelSettings.words) ?? row.groups
                row.tag = tag ?? row.tag
            }
            // Whoever enables a channel has mended what it rested for.
            if isEnabled == true { try tables.keyStates.forget(channel: name, key: nil) }
            guard case .changed(let row) = change else { return nil }
            return row
        }
        guard let row = changed else { throw Refused("the channel was deleted") }
        print("channel \(row.id): \(row.name), \(row.status)")
    }
}

/// `martlet channel delete NAME`.
struct DeleteChannel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a channel and its keys."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The channel's name.") var name: String

    func run() throws {
        let records = try Records(options)
        let row = try records.channel(named: name)
        _ = try records.change("channel.delete", of: "channel \(name)") { tables throws(StoreError) in
            try tables.channels.remove(row.id)
        }
        print("channel \(row.id): deleted")
    }
}

extension Records {
    /// The channel of a name.
    ///
    /// - Throws: `Refused` where there is none.
    func channel(named name: String) throws -> ChannelTable.Row {
        let rows = try read { tables throws(StoreError) in try tables.channels.all() }
        guard let row = rows.first(where: { $0.name == name }) else {
            throw Refused("there is no channel '\(name)' in the database")
        }
        return row
    }
}

extension ChannelSettings {
    /// A row of what a command says; nil where something is missing or not sound.
    static func row(_ name: String, kind: String?, address: String?, models: String) -> ChannelTable.Row? {
        let known = WellKnownProvider.all[name]
        let isSound = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
            default: false
            }
        }
        guard isSound, !name.isEmpty, !reserved.contains(name),
            let kind = kind.map({ Channel.Kind(rawValue: $0) }) ?? known?.kind
        else { return nil }
        let standard = kind == known?.kind ? known?.address : WellKnownProvider.address(of: kind)
        guard let base = (address ?? standard).flatMap(base) else { return nil }
        var row = ChannelTable.Row(name: name, kind: kind.rawValue, address: base)
        row.models = words(models)
        return row.models.isEmpty && !kind.hasCatalogue ? nil : row
    }

    /// Words between commas.
    static func words(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }.filter { !$0.isEmpty }
    }
}
