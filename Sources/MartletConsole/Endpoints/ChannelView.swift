import MartletCore
import MartletStore

/// How channels look in the API.
enum ChannelView {
    static func json(_ row: ChannelTable.Row, keys: [ChannelTable.Key]) -> JSON {
        [
            "id": JSON(Int(row.id)), "name": .string(row.name),
            "type": JSON(ChannelKinds.number(of: row.kind)),
            "kind": .string(row.kind), "key": "", "base_url": .string(row.address),
            "models": .string(row.models.joined(separator: ",")), "model_mapping": .string(row.mapping),
            "group": .string(row.groups.joined(separator: ",")), "status": JSON(row.status.rawValue),
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
    static func json(_ channel: ChannelDesk.Summary, number: Int) -> JSON {
        [
            "id": JSON(number), "name": .string(channel.name),
            "type": JSON(ChannelKinds.number(of: channel.kind)),
            "kind": .string(channel.kind), "key": "", "base_url": .string(channel.address),
            "models": .string(channel.models.joined(separator: ",")), "model_mapping": "{}", "group": "",
            "status": 1, "priority": JSON(channel.priority), "weight": JSON(channel.weight), "tag": "",
            "remark": "", "other": "", "test_model": "", "test_time": 0, "response_time": 0,
            "created_time": 0,
            "created_at": 0, "read_only": true,
            "channel_info": [
                "is_multi_key": .bool(channel.keyCount > 1), "multi_key_size": JSON(channel.keyCount),
                "multi_key_mode": "polling",
            ],
        ]
    }
}
