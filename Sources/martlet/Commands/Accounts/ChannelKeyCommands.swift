import ArgumentParser
import MartletAccounts
import MartletCore
import MartletStore

/// Keys of channels on standard input.
enum ChannelKeyInput {
    /// One key on each line.
    ///
    /// - Throws: `Refused` where there is none.
    static func read() throws -> [Secret] {
        var secrets: [Secret] = []
        while let line = readLine() {
            let key = line.filter { !$0.isWhitespace }
            if !key.isEmpty { secrets.append(Secret(key)) }
        }
        guard !secrets.isEmpty else { throw Refused("no key on standard input") }
        return secrets
    }
}

/// `martlet channel keys NAME`.
struct ListChannelKeys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List a channel's keys by their last characters, and whether they rest after failures."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The channel's name.") var name: String

    func run() throws {
        let records = try Records(options)
        let channel = try records.channel(named: name)
        let (keys, states) = try records.read { tables throws(StoreError) in
            (try tables.channels.keys(of: channel.id), try tables.keyStates.all())
        }
        let now = WallClock.milliseconds()
        TextTable.write(
            ["ID", "KEY", "STATUS", "RESTS FOR", "UNTIL"],
            keys.map { key in
                let subject = KeyStateTable.Subject(channel: name, key: key.name, model: "")
                let state = states[subject].flatMap { $0.until > now ? $0 : nil }
                return [
                    "\(key.id)", "…" + key.hint.filter { $0 != "…" }, key.isEnabled ? "enabled" : "disabled",
                    state?.reason ?? "-", state.map { CivilTime.text($0.until / 1_000) } ?? "-",
                ]
            }
        )
    }
}

/// `martlet channel add-keys NAME`.
struct AddChannelKeys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-keys",
        abstract: "Give a channel more keys; they are read from standard input, one on each line."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The channel's name.") var name: String

    func run() throws {
        let records = try Records(options)
        let channel = try records.channel(named: name)
        let vault = try records.vault()
        let keys = try ChannelKeyInput.read().map { secret in
            guard let key = ChannelTable.Key(secret, of: channel.id, in: vault) else {
                throw Refused("a key cannot be sealed")
            }
            return key
        }
        _ = try records.change("channel.keys", of: "channel \(name)", "\(keys.count) keys") {
            tables throws(StoreError) in
            for key in keys { try tables.channels.add(key) }
            return true
        }
        print("channel \(channel.id): \(name), \(keys.count) keys more")
    }
}

/// `martlet channel set-key ID --status …`.
struct SetChannelKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-key",
        abstract: "Enable a channel's key, also one that rests, or disable it."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The key's number: see 'channel keys'.") var id: Int64
    @Option(name: .customLong("status"), help: "enabled or disabled.", transform: Word.isEnabled)
    var isEnabled: Bool

    func run() throws {
        let records = try Records(options)
        let (key, channel) = try records.channelKey(id)
        _ = try records.change("channel.set_key", of: "channel \(channel.name)", "…\(key.hint)") {
            tables throws(StoreError) in
            try tables.channels.set(key: id, isEnabled: isEnabled)
            if isEnabled { try tables.keyStates.forget(channel: channel.name, key: key.name) }
            return true
        }
        print("key \(id) of \(channel.name): \(isEnabled ? "enabled" : "disabled")")
    }
}

/// `martlet channel delete-key ID`.
struct DeleteChannelKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete-key",
        abstract: "Delete a channel's key."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The key's number: see 'channel keys'.") var id: Int64

    func run() throws {
        let records = try Records(options)
        let (key, channel) = try records.channelKey(id)
        _ = try records.change("channel.delete_key", of: "channel \(channel.name)", "…\(key.hint)") {
            tables throws(StoreError) in try tables.channels.remove(key: id)
        }
        print("key \(id) of \(channel.name): deleted")
    }
}

extension Records {
    /// Seals keys; the master key is made where there is none.
    ///
    /// - Throws: an exit code, after the reason has been written.
    func vault() throws -> Vault {
        do throws(StateFolderError) {
            return try MasterKeys(configuration, state: state).vaultOrNew()
        } catch {
            throw Failure.start(error)
        }
    }

    /// A channel's key and its channel.
    ///
    /// - Throws: `Refused` where there is none.
    fileprivate func channelKey(_ id: Int64) throws -> (ChannelTable.Key, ChannelTable.Row) {
        let (keys, rows) = try read { tables throws(StoreError) in
            (try tables.channels.keys(of: 0), try tables.channels.all())
        }
        guard let key = keys.first(where: { $0.id == id }),
            let row = rows.first(where: { $0.id == key.channel })
        else { throw Refused("there is no key \(id)") }
        return (key, row)
    }
}
