import Logging
import MartletAccounts
import MartletCore
import MartletProviders
import MartletStore

/// Makes channels of what the database keeps of them.
struct StoredChannels: Sendable {
    let vault: @Sendable () -> Vault?
    let logger: Logger

    /// The channels that are used, with the keys that are used and can be opened.
    func channels(_ rows: [ChannelTable.Row], keys: [ChannelTable.Key]) -> [Channel] {
        let vault = vault()
        return rows.filter { $0.status == .enabled }.compactMap { row in
            channel(row, keys: keys.filter { $0.channel == row.id && $0.isEnabled }, vault: vault)
        }
    }

    private func channel(_ row: ChannelTable.Row, keys: [ChannelTable.Key], vault: Vault?) -> Channel? {
        guard let kind = Channel.Kind(rawValue: row.kind) else {
            logger.error("a channel of an unknown kind is left out", metadata: ["channel": .string(row.name)])
            return nil
        }
        let opened = keys.compactMap { key -> ChannelKey? in
            let record = ChannelTable.Key.record(channel: row.id, name: key.name)
            guard let secret = vault?.open(key.sealed, for: record) else {
                logger.error(
                    "a key cannot be opened: it was sealed with another master key, or for another channel",
                    metadata: ["channel": .string(row.name), "key": .string(key.hint)]
                )
                return nil
            }
            return ChannelKey(secret: secret, id: key.name, hint: key.hint)
        }
        var channel = Channel(
            name: row.name,
            kind: kind,
            address: row.address,
            keys: opened,
            models: ChannelModels.read(row.models, mapping: row.mapping)
        )
        channel.takesAnyModel = row.models.contains("*")
        (channel.priority, channel.weight) = (row.priority, row.weight)
        channel.groups = Set(row.groups)
        channel.traits.channel = row.name
        channel.traits.apiVersion = row.apiVersion.isEmpty ? nil : row.apiVersion
        return channel
    }
}
