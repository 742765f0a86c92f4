import HTTPTypes
import MartletCore
import MartletStore
import MartletWeb

/// Many channels at once: those of a tag, and those that are disabled.
enum ChannelTagEndpoints {
    private static let ids = Field<[Int]>.integers("ids")
    private static let tag = Field<String>.text("tag", atMost: 60)
    private static let newTag = Field<String>.text("new_tag", atMost: 60)
    private static let models = Field<String>.text("models", atMost: 20_000)
    private static let mapping = Field<String>.text("model_mapping", atMost: 20_000)
    private static let group = Field<String>.text("groups", atMost: 1_000)
    private static let priority = Field<Int>.integer("priority", -1_000_000...1_000_000)
    private static let weight = Field<Int>.integer("weight", 0...1_000_000)

    static let routes = [
        ConsoleRoute(
            .post,
            "/api/channel/tag/enabled",
            "Enables all channels of a tag: how many.",
            .admin,
            fields: [tag.listed.required]
        ) { call in try setStatus(.enabled, in: call) },
        ConsoleRoute(
            .post,
            "/api/channel/tag/disabled",
            "Disables all channels of a tag: how many.",
            .admin,
            fields: [tag.listed.required]
        ) { call in try setStatus(.disabled, in: call) },
        ConsoleRoute(
            .put,
            "/api/channel/tag",
            "Changes all channels of a tag: how many.",
            .admin,
            fields: [
                tag.listed.required, newTag.listed, models.listed, mapping.listed, group.listed,
                priority.listed,
                weight.listed,
            ],
            act: change
        ),
        ConsoleRoute(
            .post,
            "/api/channel/batch/tag",
            "Gives channels a tag, or none: how many.",
            .admin,
            fields: [ids.listed.required, tag.listed]
        ) { call in
            let (numbers, wanted) = (Set(try call.required(ids).map(Int64.init)), try call.line(tag) ?? "")
            return try change(
                "channel.batch_tag",
                "tag \(wanted)",
                where: { numbers.contains($0.id) },
                in: call
            ) {
                $0.tag = wanted
            }
        },
        ConsoleRoute(
            .delete,
            "/api/channel/disabled",
            "Deletes the channels that somebody has disabled: how many.",
            .admin
        ) { call in
            let count = try call.change("channel.delete_disabled", of: "channels") {
                tables throws(StoreError) -> Int? in
                let disabled = try tables.channels.all().filter { $0.status == .disabled }
                for row in disabled { _ = try tables.channels.remove(row.id) }
                return disabled.isEmpty ? nil : disabled.count
            }
            return .data(JSON(count ?? 0))
        },
    ]

    private static func setStatus(_ status: ChannelTable.Status, in call: Call) throws -> ConsoleRoute.Answer
    {
        let wanted = try namedTag(in: call)
        let answer = try change(
            "channel.tag",
            "tag \(wanted), \(status)",
            where: { $0.tag == wanted },
            in: call
        ) {
            $0.status = status
        }
        guard status == .enabled else { return answer }
        let rows = try call.read { tables throws(StoreError) in try tables.channels.all() }
        for row in rows where row.tag == wanted { call.console.channels.wake(row.name, nil) }
        return answer
    }

    /// The tag; none would mean all channels that have none.
    private static func namedTag(in call: Call) throws -> String {
        let wanted = try call.required(tag)
        guard !wanted.isEmpty else {
            throw GatewayError(.invalidRequest, "'tag' is required.", parameter: tag.name)
        }
        return wanted
    }

    private static func change(_ call: Call) throws -> ConsoleRoute.Answer {
        let wanted = try namedTag(in: call)
        let new = (
            tag: try call.line(newTag), models: try call.value(models).map(ChannelEndpoints.words),
            mapping: try call.value(mapping).map { text in try ChannelKinds.mapping(text) },
            groups: try call.value(group).map(ChannelEndpoints.words), priority: try call.value(priority),
            weight: try call.value(weight)
        )
        return try change("channel.tag", "tag \(wanted)", where: { $0.tag == wanted }, in: call) { row in
            row.tag = new.tag ?? row.tag
            row.models = new.models ?? row.models
            row.mapping = new.mapping ?? row.mapping
            row.groups = new.groups ?? row.groups
            row.priority = new.priority ?? row.priority
            row.weight = new.weight ?? row.weight
        }
    }

    private static func change(
        _ act: String,
        _ detail: String,
        where isMeant: (ChannelTable.Row) -> Bool,
        in call: Call,
        _ edit: (inout ChannelTable.Row) -> Void
    ) throws(GatewayError) -> ConsoleRoute.Answer {
        let count = try call.change(act, of: "channels", detail) { tables throws(StoreError) -> Int? in
            let meant = try tables.channels.all().filter(isMeant)
            for row in meant {
                try tables.channels.change(row.id) { row throws(StoreError) in edit(&row) }
            }
            return meant.isEmpty ? nil : meant.count
        }
        return .data(JSON(count ?? 0))
    }
}
