import ArgumentParser
import MartletAccounts
import MartletCore
import MartletStore

/// `martlet vault …`: the master key that seals channels' keys.
struct VaultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault",
        abstract: "The master key that seals the keys of channels in the database.",
        subcommands: [CheckVault.self, RotateVault.self]
    )
}

/// `martlet vault check`.
struct CheckVault: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell how many keys can be opened."
    )

    @OptionGroup var options: CommonOptions

    func run() throws {
        let records = try Records(options)
        let vault = MasterKeys(records.configuration, state: records.state).vault()
        let keys = try records.read { tables throws(StoreError) in try tables.channels.keys(of: 0) }
        let opened = keys.count { key in vault?.open(key.sealed, for: key.record) != nil }
        print("\(opened) of \(keys.count) keys can be opened")
        guard opened == keys.count else { throw ExitCode(1) }
    }
}

/// `martlet vault rotate`.
struct RotateVault: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new master key and seal every key with it, while the service runs.",
        discussion: """
            Until all is done both keys open, so this can be stopped and started again at any moment. Where the settings \
            name the master key: put the old one into the file master.key, name the new one, and start this.
            """
    )

    @OptionGroup var options: CommonOptions

    func run() throws {
        let records = try Records(options)
        let master = MasterKeys(records.configuration, state: records.state)
        do throws(StateFolderError) {
            if master.configured == nil { try master.addNew() }
            records.giveToOwner()
        } catch {
            throw Failure.start(error)
        }
        guard let vault = master.vault() else { throw Refused("there is no master key") }
        let keys = try records.read { tables throws(StoreError) in try tables.channels.keys(of: 0) }
        var sealed = 0
        for key in keys where !vault.isCurrent(key.sealed) {
            guard let secret = vault.open(key.sealed, for: key.record),
                let again = vault.seal(secret, for: key.record)
            else {
                throw Refused("key \(key.id) of channel \(key.channel) cannot be opened; nothing is lost")
            }
            // One small transaction each: the service goes on meanwhile.
            try records.write { tables throws(StoreError) in try tables.channels.reseal(key, as: again) }
            sealed += 1
        }
        do throws(StateFolderError) {
            try master.forgetOld()
            records.giveToOwner()
        } catch {
            throw Failure.start(error)
        }
        _ = try records.change("vault.rotate", of: "vault", "\(sealed) keys") { _ throws(StoreError) in true }
        print("\(sealed) keys sealed anew")
    }
}

extension ChannelTable.Key {
    /// What the sealed key is bound to.
    var record: String { Self.record(channel: channel, name: name) }
}
