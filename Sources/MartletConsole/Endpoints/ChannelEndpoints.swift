import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// Channels that are managed while the service runs, at `/api/channel`.
///
/// Their keys go in and never come out, but for one who proves the own password.
enum ChannelEndpoints {
    private static let id = Field<Int>.integer("id", 1...Int.max)
    private static let ids = Field<[Int]>.integers("ids")
    private static let name = Field<String>.text("name", atMost: 64)
    private static let type = Field<Int>.integer("type", 0...1_000)
    private static let key = Field<String>.text("key", atMost: 100_000)
    private static let address = Field<String>.text("base_url", atMost: 500)
    private static let models = Field<String>.text("models", atMost: 20_000)
    private static let mapping = Field<String>.text("model_mapping", atMost: 20_000)
    private static let group = Field<String>.text("group", atMost: 1_000)
    private static let status = Field<Int>.integer("status", 0...3)
    private static let priority = Field<Int>.integer("priority", -1_000_000...1_000_000)
    private static let weight = Field<Int>.integer("weight", 0...1_000_000)
    private static let tag = Field<String>.text("tag", atMost: 60)
    private static let remark = Field<String>.text("remark", atMost: 1_000)
    private static let other = Field<String>.text("other", atMost: 60)
    private static let testModel = Field<String>.text("test_model", atMost: 200)
    private static let keyMode = Field<String>.text("key_mode", atMost: 20)
    private static let members = [
        type.listed, key.listed, address.listed, models.listed, mapping.listed, group.listed, status.listed,
        priority.listed, weight.listed, tag.listed, remark.listed, other.listed, testModel.listed,
    ]

    static let routes = [
        ConsoleRoute(
            .get,
            "/api/channel",
            "The channels; those of the settings file are read-only and have negative numbers.",
            .admin,
            query: search,
            act: list
        ),
        ConsoleRoute(
            .get,
            "/api/channel/search",
            "Channels by a part of their name.",
            .admin,
            query: search,
            act: list
        ),
        ConsoleRoute(.get, "/api/channel/{id}", "One channel, without its keys.", .admin) { call in
            .data(try shown(try row(try call.number(), in: call), in: call))
        },
        ConsoleRoute(
            .post,
            "/api/channel",
            "Makes a channel; 'key' holds one key on each line. Also as {\"mode\",\"channel\":{…}}.",
            .admin,
            fields: [name.listed, ListedField(name: "mode", schema: ["type": "string"])]
                + [ListedField(name: "channel", schema: ["type": "object"])] + members,
            act: create
        ),
        ConsoleRoute(
            .put,
            "/api/channel",
            "Changes a channel; an empty key means the old ones, and key_mode append keeps them beside new ones.",
            .admin,
            fields: [id.listed.required, name.listed, keyMode.listed] + members
        ) { call in try update(Int64(call.required(id)), in: call) },
        ConsoleRoute(
            .put,
            "/api/channel/{id}",
            "Changes a channel.",
            .admin,
            fields: [name.listed, keyMode.listed] + members
        ) { call in try update(try call.number(), in: call) },
        ConsoleRoute(.delete, "/api/channel/{id}", "Deletes a channel and its keys.", .admin) { call in
            let number = try call.number()
            guard try remove([number], in: call) == 1 else { throw Console.missing }
            return .done("Deleted.")
        },
        ConsoleRoute(
            .post,
            "/api/channel/batch",
            "Deletes channels: how many.",
            .admin,
            fields: [ids.listed.required]
        ) {
            call in .data(JSON(try remove(call.required(ids).map(Int64.init), in: call)))
        },
        ConsoleRoute(.post, "/api/channel/copy/{id}", "Makes another like it, disabled.", .admin, act: copy),
        ConsoleRoute(.get, "/api/channel/types/list", "The kinds of channels.", .admin) { _ in
            .data(
                .array(
                    ChannelKinds.all.map {
                        ["id": JSON($0.number), "name": .string($0.name), "kind": .string($0.kind.rawValue)]
                    }
                )
            )
        },
    ]

    private static let search: [(name: String, schema: JSON)] =
        Parameter.page + [
            Parameter.keyword, (name: "type", schema: ["type": "integer"]),
            (name: "status", schema: ["type": "string"]),
            (name: "tag", schema: ["type": "string"]),
        ]

    static func row(_ number: Int64, in call: Call) throws(GatewayError) -> ChannelTable.Row {
        let row = try call.read { tables throws(StoreError) in try tables.channels.row(number) }
        guard let row else { throw Console.missing }
        return row
    }

    private static func list(_ call: Call) throws -> ConsoleRoute.Answer {
        let page = try call.page()
        let (rows, keys, states) = try call.read { tables throws(StoreError) in
            (try tables.channels.all(), try tables.channels.keys(of: 0), try tables.keyStates.all())
        }
        let now = call.console.now()
        let kept = rows.map { row in
            ChannelView.json(row, keys: keys.filter { $0.channel == row.id }, states: states, now: now)
        }
        let fixed = call.console.channels.settings.enumerated().map {
            ChannelView.json($0.element, number: -1 - $0.offset, states: states, now: now)
        }
        var counts = JSONObject()
        for channel in kept + fixed {
            let number = "\(channel["type"]?.intValue ?? 0)"
            counts[number] = JSON((counts[number]?.intValue ?? 0) + 1)
        }
        let (keyword, tag) = ((call.query["keyword"] ?? "").lowercased(), call.query["tag"] ?? "")
        let type = try call.query.integer("type", in: -1...1_000)
        let wanted = (kept + fixed).filter { channel in
            let name = channel["name"]?.stringValue?.lowercased() ?? ""
            return (keyword.isEmpty || name.contains(keyword))
                && (tag.isEmpty || channel["tag"]?.stringValue == tag)
                && (type ?? 0 <= 0 || channel["type"]?.intValue == type)
        }
        var answer = page.list(Array(wanted.dropFirst(page.offset).prefix(page.size)), total: wanted.count)
            .objectValue
        answer?["type_counts"] = .object(counts)
        return .data(answer.map(JSON.object) ?? .null)
    }

    private static func shown(_ row: ChannelTable.Row, in call: Call) throws(GatewayError) -> JSON {
        let (keys, states) = try call.read { tables throws(StoreError) in
            (try tables.channels.keys(of: row.id), try tables.keyStates.all())
        }
        return ChannelView.json(row, keys: keys, states: states, now: call.console.now())
    }

    private static func create(_ call: Call) throws -> ConsoleRoute.Answer {
        // The page that is used with this API wraps the channel.
        if let inner = try call.body()["channel"], inner.objectValue != nil { call.replaceBody(with: inner) }
        guard let wanted = try call.value(name), !wanted.isEmpty else {
            throw GatewayError(.invalidRequest, "'name' is required.", parameter: name.name)
        }
        let kind = try ChannelKinds.kind(try call.value(type) ?? 1)
        var row = ChannelTable.Row(name: "", kind: kind.rawValue, address: "")
        row.created = call.console.now()
        try fill(&row, in: call)
        let secrets = try keys(in: call)
        guard !secrets.isEmpty else {
            throw GatewayError(.invalidRequest, "'key' is required.", parameter: key.name)
        }
        guard !row.models.isEmpty || kind.hasCatalogue else {
            throw GatewayError(
                .invalidRequest,
                "'models' must name at least one model, or '*'.",
                parameter: models.name
            )
        }
        // A channel without its keys would be left over.
        _ = try ChannelKeyEndpoints.sealed(secrets, of: 0, in: call)
        let made = row
        let number = try call.change("channel.create", of: "channel \(row.name)") {
            tables throws(StoreError) in
            try tables.channels.add(made)
        }
        guard let number else { throw nameTaken }
        try ChannelKeyEndpoints.add(secrets, to: number, in: call)
        return .data(["id": JSON(Int(number))])
    }

    private static func update(_ number: Int64, in call: Call) throws -> ConsoleRoute.Answer {
        var planned = try row(number, in: call)
        try edit(&planned, in: call)
        let keys = try ChannelKeyEndpoints.sealed(keys(in: call), of: number, in: call)
        let replaces = try !keys.isEmpty && call.value(keyMode) != "append"
        let maySendKeys = try replaces || call.actor.role >= .owner
        var refusal = Console.missing
        let changed = try call.change(
            "channel.update",
            of: "channel \(planned.name)",
            "\(planned.status), \(keys.count) keys"
        ) { tables throws(StoreError) -> ChannelTable.Row? in
            guard let before = try tables.channels.row(number) else { return nil }
            var after = before
            // It was sound a moment ago, on the same body.
            try? edit(&after, in: call)
            // Whoever sends the keys elsewhere could read them there: showing them is the owner's right.
            guard maySendKeys || after.address == before.address else {
                refusal = movesKeys
                return nil
            }
            let wanted = after
            guard
                case .changed(let row) = try tables.channels.change(
                    number,
                    { row throws(StoreError) in row = wanted }
                )
            else {
                refusal = nameTaken
                return nil
            }
            // In the same transaction, so that no request sends an old key to the new address.
            if replaces {
                for old in try tables.channels.keys(of: number)
                where !keys.contains(where: { $0.name == old.name }) {
                    _ = try tables.channels.remove(key: old.id)
                }
            }
            for key in keys { try tables.channels.add(key) }
            return row
        }
        guard let changed else { throw refusal }
        if try call.value(status) == 1 { call.console.channels.wake(changed.name, nil) }
        return .data(try shown(changed, in: call))
    }

    private static var movesKeys: GatewayError {
        GatewayError(
            .forbidden,
            "Another 'base_url' needs new keys, unless an owner sets it: the old ones would be sent there.",
            parameter: address.name
        )
    }

    private static var nameTaken: GatewayError {
        GatewayError(.conflict, "There is a channel of this name.", parameter: name.name)
    }

    private static func edit(_ row: inout ChannelTable.Row, in call: Call) throws {
        if let wanted = try call.value(type) { row.kind = try ChannelKinds.kind(wanted).rawValue }
        try fill(&row, in: call)
    }

    private static func fill(_ row: inout ChannelTable.Row, in call: Call) throws {
        if let wanted = try call.value(name) { row.name = try checked(wanted, in: call) }
        if let wanted = try call.value(address), !wanted.isEmpty {
            row.address = try ChannelKinds.address(wanted)
        }
        if row.address.isEmpty, let kind = Channel.Kind(rawValue: row.kind) {
            guard let known = call.console.channels.address(row.name, kind) else {
                throw GatewayError(
                    .invalidRequest,
                    "'base_url' is required for this type.",
                    parameter: address.name
                )
            }
            row.address = known
        }
        if let text = try call.value(models) { row.models = words(text) }
        if let text = try call.value(mapping) { row.mapping = try ChannelKinds.mapping(text) }
        if let text = try call.value(group) { row.groups = words(text) }
        if let number = try call.value(status) { row.status = number == 1 ? .enabled : .disabled }
        row.priority = try call.value(priority) ?? row.priority
        row.weight = try call.value(weight) ?? row.weight
        row.tag = try call.line(tag) ?? row.tag
        row.remark = try call.line(remark) ?? row.remark
        row.apiVersion = try call.line(other) ?? row.apiVersion
        row.testModel = try call.line(testModel) ?? row.testModel
    }

    private static func checked(_ wanted: String, in call: Call) throws(GatewayError) -> String {
        let isSound = wanted.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
            default: false
            }
        }
        guard isSound, !wanted.isEmpty, !call.console.channels.reserved.contains(wanted) else {
            throw GatewayError(
                .invalidRequest,
                "'name' must be letters, digits, '-' and '_', no address of the gateway's own and no channel of the "
                    + "settings file: it is a part of addresses and of model names.",
                parameter: name.name
            )
        }
        return wanted
    }

    /// New keys, one on each line; a mask that was sent back is none.
    static func keys(in call: Call) throws -> [Secret] {
        let text = try call.value(key) ?? ""
        let lines = text.split { $0.isNewline }.map { line in String(line.filter { !$0.isWhitespace }) }
        return try lines.filter { !$0.isEmpty && !$0.contains("*") && !$0.contains("…") }.map { line in
            guard line.utf8.count <= 4_096, line.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                throw GatewayError(.invalidRequest, "'key' must be printable ASCII.", parameter: key.name)
            }
            return Secret(line)
        }
    }

    static func words(_ text: String) -> [String] {
        text.split { $0 == "," || $0.isNewline }.map { word in String(word.filter { !$0.isWhitespace }) }
            .filter { !$0.isEmpty }
    }

    private static func remove(_ numbers: [Int64], in call: Call) throws(GatewayError) -> Int {
        let shown = numbers.map(String.init).joined(separator: " ")
        let removed = try call.change("channel.delete", of: "channel \(shown)") {
            tables throws(StoreError) -> Int? in
            var count = 0
            for number in numbers where try tables.channels.remove(number) { count += 1 }
            return count > 0 ? count : nil
        }
        return removed ?? 0
    }

    private static func copy(_ call: Call) throws -> ConsoleRoute.Answer {
        let original = try row(try call.number(), in: call)
        let keys = try call.read { tables throws(StoreError) in try tables.channels.keys(of: original.id) }
        var row = original
        (row.status, row.created) = (.disabled, call.console.now())
        row.name = "\(original.name)_copy_\(RandomText.alphanumeric(4))"
        let made = row
        let number = try call.change("channel.copy", of: "channel \(original.name)") {
            tables throws(StoreError) in
            try tables.channels.add(made)
        }
        guard let number else { throw Console.missing }
        let desk = call.console.channels
        let secrets = keys.compactMap { key in
            desk.open(key.sealed, ChannelTable.Key.record(channel: original.id, name: key.name))
        }
        try ChannelKeyEndpoints.add(secrets, to: number, in: call)
        return .data(["id": JSON(Int(number))])
    }
}
