import MartletCore
import MartletStore

/// How channels look in the API.
enum ChannelView {
    /// A channel of the database.
    ///
    /// - Parameters:
    ///   - row: the channel.
    ///   - keys: its keys.
    ///   - states: how keys have done lately.
    ///   - now: the time in seconds since 1970.
    /// - Returns: the fields that the API's page knows, and those of the database.
    static func json(
        _ row: ChannelTable.Row,
        keys: [ChannelTable.Key],
        states: [KeyStateTable.Subject: KeyStateTable.State],
        now: Int
    ) -> JSON {
        let health = ChannelHealth(
            of: row.name,
            isEnabled: row.status == .enabled,
            keys: keys.filter(\.isEnabled).map(\.name),
            states: states,
            now: now
        )
        return [
            "id": JSON(Int(row.id)), "name": .string(row.name),
            "type": JSON(ChannelKinds.number(of: row.kind)),
            "kind": .string(row.kind), "key": "", "base_url": .string(row.address),
            "models": .string(row.models.joined(separator: ",")), "model_mapping": .string(row.mapping),
            "group": .string(row.groups.joined(separator: ",")), "status": JSON(status(health)),
            "status_reason": .string(health.reason.rawValue), "rests_until": JSON(health.restsUntil),
            "balance": JSON(Double(row.balance.nano) / 1e9), "balance_updated_time": JSON(row.balanceTime),
            "priority": JSON(row.priority), "weight": JSON(row.weight), "tag": .string(row.tag),
            "remark": .string(row.remark), "other": .string(row.apiVersion),
            "test_model": .string(row.testModel),
            "test_time": JSON(row.tested), "response_time": JSON(row.testDuration),
            "created_time": JSON(row.created), "created_at": JSON(row.created), "read_only": false,
            "channel_info": [
                "is_multi_key": .bool(keys.count > 1), "multi_key_size": JSON(keys.count),
                "multi_key_mode": "polling",
            ],
        ]
    }

    /// A channel of the settings file.
    static func json(
        _ channel: ChannelDesk.Summary,
        number: Int,
        states: [KeyStateTable.Subject: KeyStateTable.State],
        now: Int
    ) -> JSON {
        let health = ChannelHealth(
            of: channel.name,
            isEnabled: true,
            keys: channel.keys,
            takesCallersKey: channel.usesCallersKey,
            states: states,
            now: now
        )
        return [
            "id": JSON(number), "name": .string(channel.name),
            "type": JSON(ChannelKinds.number(of: channel.kind)),
            "kind": .string(channel.kind), "key": "", "base_url": .string(channel.address),
            "models": .string(channel.models.joined(separator: ",")), "model_mapping": "{}", "group": "",
            "status": JSON(status(health)), "status_reason": .string(health.reason.rawValue),
            "rests_until": JSON(health.restsUntil), "balance": 0, "balance_updated_time": 0,
            "priority": JSON(channel.priority), "weight": JSON(channel.weight), "tag": "",
            "remark": "", "other": "", "test_model": "", "test_time": 0, "response_time": 0,
            "created_time": 0,
            "created_at": 0, "read_only": true,
            "channel_info": [
                "is_multi_key": .bool(channel.keys.count > 1), "multi_key_size": JSON(channel.keys.count),
                "multi_key_mode": "polling",
            ],
        ]
    }

    /// 1 for a channel that can be used, 2 for one that somebody has disabled, 3 for one that rests.
    private static func status(_ health: ChannelHealth) -> Int {
        switch health.reason {
        case .none, .noKey: 1
        case .manual: 2
        case .billing, .breaker: 3
        }
    }
}
