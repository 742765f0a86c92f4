import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// The keys of channels: their states, and the one way to see one again.
enum ChannelKeyEndpoints {
    private static let channel = Field<Int>.integer("channel_id", 1...Int.max)
    private static let action = Field<String>.text("action", atMost: 40)
    private static let index = Field<Int>.integer("key_index", 0...10_000)
    private static let password = Field<String>.text("password", atMost: 256)

    static let routes = [
        ConsoleRoute(
            .post,
            "/api/channel/multi_key/manage",
            "get_key_status, or disable, enable or delete the key of an index, or all.",
            .admin,
            fields: [channel.listed.required, action.listed.required, index.listed],
            act: manage
        ),
        ConsoleRoute(
            .post,
            "/api/channel/{id}/key",
            "Shows the first key, or that of an index, to an owner who proves the own password; it is written down.",
            .owner,
            fields: [password.listed.required, index.listed],
            act: reveal
        ),
    ]

    /// Seals keys for a channel and keeps them.
    static func add(_ secrets: [Secret], to number: Int64, in call: Call) throws(GatewayError) {
        let keys = try sealed(secrets, of: number, in: call)
        _ = try call.change("channel.keys", of: "channel \(number)", "\(keys.count) keys") {
            tables throws(StoreError) in
            for key in keys { try tables.channels.add(key) }
            return true
        }
    }

    /// Keys as they are kept.
    ///
    /// - Throws: `GatewayError` of kind `unavailable` without a master key.
    static func sealed(_ secrets: [Secret], of number: Int64, in call: Call) throws(GatewayError)
        -> [ChannelTable.Key]
    {
        var keys: [ChannelTable.Key] = []
        for secret in secrets {
            let name = ChannelTable.Key.name(of: secret)
            let record = ChannelTable.Key.record(channel: number, name: name)
            guard let sealed = try? call.console.channels.seal(secret, record) else {
                throw GatewayError(
                    .unavailable,
                    "Keys cannot be sealed: the master key can be neither read nor made.",
                    retryAfter: .seconds(5)
                )
            }
            keys.append(
                ChannelTable.Key(
                    channel: number,
                    sealed: sealed,
                    hint: ChannelTable.Key.hint(of: secret),
                    name: name
                )
            )
        }
        return keys
    }

    private static func keys(of number: Int64, in call: Call) throws(GatewayError) -> [ChannelTable.Key] {
        _ = try ChannelEndpoints.row(number, in: call)
        return try call.read { tables throws(StoreError) in try tables.channels.keys(of: number) }
    }

    private static func chosen(_ keys: [ChannelTable.Key], in call: Call) throws -> ChannelTable.Key {
        let place = try call.value(index) ?? 0
        guard keys.indices.contains(place) else { throw Console.missing }
        return keys[place]
    }

    private static func manage(_ call: Call) throws -> ConsoleRoute.Answer {
        let number = Int64(try call.required(channel))
        let keys = try keys(of: number, in: call)
        let wanted = try call.required(action)
        switch wanted {
        case "get_key_status": return .data(try status(of: keys, of: number, in: call))
        case "disable_key", "enable_key":
            return try change(
                [chosen(keys, in: call)],
                to: wanted == "enable_key",
                wanted,
                of: number,
                in: call
            )
        case "disable_all_keys", "enable_all_keys":
            return try change(keys, to: wanted == "enable_all_keys", wanted, of: number, in: call)
        case "delete_key": return try remove([chosen(keys, in: call)], of: number, in: call)
        case "delete_disabled_keys": return try remove(keys.filter { !$0.isEnabled }, of: number, in: call)
        default: throw GatewayError(.invalidRequest, "Unknown action.", parameter: action.name)
        }
    }

    /// Each key, and whether it rests after failures.
    private static func status(
        of keys: [ChannelTable.Key],
        of number: Int64,
        in call: Call
    ) throws(GatewayError) -> JSON {
        let name = try ChannelEndpoints.row(number, in: call).name
        let states = try call.read { tables throws(StoreError) in try tables.keyStates.all() }
        let now = call.console.now() * 1_000
        let list = keys.enumerated().map { place, key -> JSON in
            let resting = states.filter {
                $0.key.channel == name && $0.key.key == key.name && $0.value.until > now
            }
            let whole = resting.first { $0.key.model.isEmpty }?.value
            return [
                "index": JSON(place), "key": .string("…\(key.hint)"),
                "status": JSON(!key.isEnabled ? 2 : whole == nil ? 1 : 3),
                "reason": .string(whole?.reason ?? ""), "rests_until": JSON((whole?.until ?? 0) / 1_000),
                "resting_models": .array(
                    resting.keys.map(\.model).filter { !$0.isEmpty }.sorted().map { .string($0) }
                ),
            ]
        }
        return ["keys": .array(list), "total": JSON(list.count)]
    }

    private static func change(
        _ keys: [ChannelTable.Key],
        to isEnabled: Bool,
        _ act: String,
        of number: Int64,
        in call: Call
    ) throws(GatewayError) -> ConsoleRoute.Answer {
        _ = try call.change("channel.\(act)", of: "channel \(number)") { tables throws(StoreError) in
            for key in keys { try tables.channels.set(key: key.id, isEnabled: isEnabled) }
            return true
        }
        if isEnabled {
            // Whoever enables a key has mended what it rested for.
            let name = try ChannelEndpoints.row(number, in: call).name
            for key in keys { call.console.channels.wake(name, key.name) }
        }
        return .done("Saved.")
    }

    private static func remove(
        _ keys: [ChannelTable.Key],
        of number: Int64,
        in call: Call
    ) throws(GatewayError) -> ConsoleRoute.Answer {
        _ = try call.change("channel.delete_key", of: "channel \(number)", "\(keys.count) keys") {
            tables throws(StoreError) in
            for key in keys { _ = try tables.channels.remove(key: key.id) }
            return true
        }
        return .data(JSON(keys.count))
    }

    private static func reveal(_ call: Call) throws -> ConsoleRoute.Answer {
        let account = try call.actor.account
        let given = Secret(try call.required(password))
        try call.console.throttle.enter(.login, address: call.address, username: account.username)
        guard PasswordHash.verify(given, against: account.password) != .wrong else {
            throw Console.refused("The password is wrong.")
        }
        let number = try call.number()
        let key = try chosen(try keys(of: number, in: call), in: call)
        // Written down before it is shown.
        _ = try call.change("channel.reveal_key", of: "channel \(number)", "…\(key.hint)") {
            _ throws(StoreError) in true
        }
        let record = ChannelTable.Key.record(channel: number, name: key.name)
        guard let opened = call.console.channels.open(key.sealed, record) else {
            throw GatewayError(.conflict, "The key was sealed with a master key that is not there.")
        }
        return .data(["key": .string(opened.revealed)])
    }
}
