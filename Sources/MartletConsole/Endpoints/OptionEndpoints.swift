import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// `/api/option`, and what of it everybody may read.
enum OptionEndpoints {
    private static let key = Field<String>.text("key", atMost: 100)

    static let routes = [
        ConsoleRoute(.get, "/api/option", "All options and their values.", .admin) { call in
            let values = try Options.all(in: call)
            return .data(
                .array(
                    Option.all.map { option in
                        ["key": .string(option.name), "value": .string(values[option.name] ?? "")]
                    }
                )
            )
        },
        ConsoleRoute(
            .put,
            "/api/option",
            "Sets an option by 'key' and 'value', or several by their names.",
            .owner,
            fields: [key.listed, ListedField(name: "value", schema: [:])]
                + Option.all.map { ListedField(name: $0.name, schema: [:]) },
            act: update
        ),
        text("/api/notice", .notice, "A word of the operator's."),
        text("/api/about", .about, "About this service."),
        text("/api/home_page_content", .homePage, "What the home page says."),
        ConsoleRoute(
            .get,
            "/api/status",
            "What a console must know before anybody has signed in.",
            .anyone,
            act: status
        ),
    ]

    private static func text(_ pattern: String, _ option: Option, _ summary: String) -> ConsoleRoute {
        ConsoleRoute(.get, .init(stringLiteral: pattern), summary, .anyone) { call in
            .data(.string(try Options.all(in: call)[option.name] ?? ""))
        }
    }

    private static func update(_ call: Call) throws -> ConsoleRoute.Answer {
        let members = try call.body().objectValue ?? JSONObject()
        var wanted: [(name: String, value: JSON)] = members.map { ($0.key, $0.value) }
        if members.count == 2, let name = try? call.value(key), let value = members["value"] {
            wanted = [(name, value)]
        }
        var checked: [(name: String, value: String)] = []
        for (name, value) in wanted {
            guard let option = Option.all.first(where: { $0.name == name }) else {
                throw GatewayError(
                    .invalidRequest,
                    "There is no option '\(name.prefix(100))'.",
                    parameter: "key"
                )
            }
            guard let text = option.checked(value) else {
                throw GatewayError(.invalidRequest, "'\(name)' cannot have this value.", parameter: name)
            }
            checked.append((name, text))
        }
        let changes = checked
        _ = try call.change("option.update", of: changes.map(\.name).joined(separator: " ")) {
            tables throws(StoreError) -> Bool? in
            for (name, value) in changes { try tables.options.put(value, for: name) }
            return changes.isEmpty ? nil : true
        }
        return .done("Saved.")
    }

    private static func status(_ call: Call) throws -> ConsoleRoute.Answer {
        let values = try Options.all(in: call)
        let hasOwner = try call.read { tables throws(StoreError) in try tables.accounts.hasOwner() }
        func text(_ option: Option) -> JSON { .string(values[option.name] ?? "") }
        return .data([
            "version": .string(call.console.settings.version), "start_time": JSON(call.console.started),
            "system_name": text(.systemName), "logo": text(.logo), "footer_html": text(.footer),
            "register_enabled": .bool(values[Option.registration.name] == "true"),
            "email_verification": false,
            "github_oauth": false, "discord_oauth": false, "linuxdo_oauth": false, "telegram_oauth": false,
            "wechat_login": false, "oidc_enabled": false, "passkey_login": false, "turnstile_check": false,
            "enable_batch_update": false, "enable_drawing": false, "enable_task": false,
            "enable_data_export": true,
            "data_export_default_time": "hour", "default_collapse_sidebar": false, "quota_per_unit": 500_000,
            "display_in_currency": true, "quota_display_type": "USD", "top_up_link": text(.topUpLink),
            "docs_link": "", "server_address": text(.serverAddress), "setup": .bool(hasOwner), "chats": [],
            "usd_exchange_rate": 1, "price": 1, "HeaderNavModules": "[]",
            "SidebarModulesAdmin": .string(sidebar),
        ])
    }

    private static let sidebar =
        #"{"chat":{"enabled":false,"playground":false,"chat":false},"console":{"enabled":true,"detail":true,"#
        + #""token":true,"log":true,"midjourney":false,"task":false},"personal":{"enabled":true,"topup":true,"#
        + #""personal":true},"admin":{"enabled":true,"channel":true,"models":false,"redemption":true,"user":true,"#
        + #""setting":true}}"#
}
