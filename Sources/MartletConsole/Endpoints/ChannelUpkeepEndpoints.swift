import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// Looks after channels: whether they work, what their vendors offer, and what is left of the money there.
///
/// A vendor that refuses is no fault of the request: such an answer has status 200 and `"success": false`.
enum ChannelUpkeepEndpoints {
    private static let type = Field<Int>.integer("type", 0...1_000)
    private static let key = Field<String>.text("key", atMost: 100_000)
    private static let address = Field<String>.text("base_url", atMost: 500)

    static let routes = [
        ConsoleRoute(
            .get,
            "/api/channel/test/{id}",
            "Asks for a single token, for real: 'success', 'message' and 'time' in seconds.",
            .admin,
            query: [(name: "model", schema: ["type": "string"])],
            tellsOutcome: true
        ) { call in
            let row = try ChannelEndpoints.row(try call.number(), in: call)
            let trial = try test(row, model: call.query["model"], in: call)
            return .bare([
                "success": .bool(trial.problem == nil), "message": .string(trial.problem ?? ""),
                "time": JSON(Double(trial.milliseconds) / 1_000),
            ])
        },
        ConsoleRoute(
            .get,
            "/api/channel/test",
            "Asks every enabled channel for a single token, for real: what came of each.",
            .admin
        ) { call in
            .data(
                .array(
                    try enabled(in: call).map { row in
                        let trial = try test(row, model: nil, in: call)
                        return [
                            "id": JSON(Int(row.id)), "name": .string(row.name),
                            "success": .bool(trial.problem == nil), "message": .string(trial.problem ?? ""),
                            "time": JSON(Double(trial.milliseconds) / 1_000),
                        ]
                    }
                )
            )
        },
        ConsoleRoute(
            .post,
            "/api/channel/fetch_models",
            "The names of the models that a key may use at an address, before a channel is made of both.",
            .admin,
            fields: [type.listed, address.listed, key.listed],
            tellsOutcome: true
        ) { call in
            let kind = try ChannelKinds.kind(try call.value(type) ?? 1)
            let wanted = try call.value(address) ?? ""
            let known = call.console.channels.address("", kind)
            guard let origin = wanted.isEmpty ? known : try ChannelKinds.address(wanted) else {
                throw GatewayError(
                    .invalidRequest,
                    "'base_url' is required for this type.",
                    parameter: address.name
                )
            }
            let secret = try ChannelEndpoints.keys(in: call).first
            return models(
                of: Channel(
                    name: "",
                    kind: kind,
                    address: origin,
                    keys: secret.map { [ChannelKey(secret: $0, id: "", hint: "")] } ?? [],
                    models: []
                ),
                in: call
            )
        },
        ConsoleRoute(
            .get,
            "/api/channel/fetch_models/{id}",
            "The names of the models that a channel's first key may use.",
            .admin,
            tellsOutcome: true
        ) { call in
            models(of: try channel(try ChannelEndpoints.row(try call.number(), in: call), in: call), in: call)
        },
        ConsoleRoute(
            .get,
            "/api/channel/update_balance/{id}",
            "What is left of the money of a channel's first key, in US dollars, where its vendor tells.",
            .admin,
            tellsOutcome: true
        ) { call in
            let row = try ChannelEndpoints.row(try call.number(), in: call)
            do throws(GatewayError) {
                guard let left = try updateBalance(of: row, in: call) else {
                    return failure("The vendor of this channel does not tell what is left.")
                }
                return .bare(["success": true, "message": "", "balance": JSON(Double(left.nano) / 1e9)])
            } catch {
                return failure(error.message)
            }
        },
        ConsoleRoute(
            .get,
            "/api/channel/update_balance",
            "Asks all vendors that tell what is left: how many have told.",
            .admin
        ) { call in
            .data(
                JSON(
                    try enabled(in: call).count { row in
                        // One vendor that fails says nothing of the others.
                        (try? updateBalance(of: row, in: call)) != nil
                    }
                )
            )
        },
        ConsoleRoute(.get, "/api/channel/models", "The names of all models that may be asked for.", .admin) {
            call in .data(.array(call.console.models().map { ["id": .string($0)] }))
        },
        ConsoleRoute(
            .get,
            "/api/channel/models_enabled",
            "The names of all models that may be asked for.",
            .admin
        ) { call in .data(.array(call.console.models().map { .string($0) })) },
    ]

    private static func enabled(in call: Call) throws(GatewayError) -> [ChannelTable.Row] {
        try call.read { tables throws(StoreError) in try tables.channels.all() }.filter {
            $0.status == .enabled
        }
    }

    private static func test(
        _ row: ChannelTable.Row,
        model: String?,
        in call: Call
    ) throws(GatewayError) -> ChannelDesk.Trial {
        let standard = row.testModel.isEmpty ? nil : row.testModel
        let trial = call.console.channels.test(row.name, model ?? standard)
        _ = try call.change("channel.test", of: "channel \(row.name)") { tables throws(StoreError) in
            try tables.channels.change(row.id) { row throws(StoreError) in
                (row.tested, row.testDuration) = (call.console.now(), trial.milliseconds)
            }
        }
        return trial
    }

    private static func models(of channel: Channel, in call: Call) -> ConsoleRoute.Answer {
        do throws(GatewayError) {
            guard let names = try call.console.channels.models(channel) else {
                return failure("A vendor of this type does not tell which models there are: name them.")
            }
            return .data(.array(names.map { .string($0) }))
        } catch {
            return failure(error.message)
        }
    }

    private static func updateBalance(of row: ChannelTable.Row, in call: Call) throws(GatewayError)
        -> Credits?
    {
        guard let left = try call.console.channels.balance(try channel(row, in: call)) else { return nil }
        _ = try call.change("channel.balance", of: "channel \(row.name)", left.dollars) {
            tables throws(StoreError) in
            try tables.channels.change(row.id) { row throws(StoreError) in
                (row.balance, row.balanceTime) = (left, call.console.now())
            }
        }
        return left
    }

    /// A channel as it would be used, with its first enabled key, whether it is enabled or not.
    private static func channel(_ row: ChannelTable.Row, in call: Call) throws(GatewayError) -> Channel {
        let keys = try call.read { tables throws(StoreError) in try tables.channels.keys(of: row.id) }
        let opened = keys.first(where: \.isEnabled).flatMap { key in
            call.console.channels.open(key.sealed, ChannelTable.Key.record(channel: row.id, name: key.name))
        }
        var channel = Channel(
            name: row.name,
            kind: Channel.Kind(rawValue: row.kind) ?? .compatible,
            address: row.address,
            keys: opened.map { [ChannelKey(secret: $0, id: "", hint: "")] } ?? [],
            models: []
        )
        channel.traits.apiVersion = row.apiVersion.isEmpty ? nil : row.apiVersion
        return channel
    }

    private static func failure(_ message: String) -> ConsoleRoute.Answer {
        .bare(["success": false, "message": .string(message)])
    }
}
