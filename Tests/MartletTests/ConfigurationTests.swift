import FoundationEssentials
import MartletCore
import MartletGateway
import MartletUpstream
import MartletWeb
import Testing

@testable import martlet

private func settings(
    _ text: String = "",
    environment: [String: String] = [:]
) throws(ConfigurationFaults) -> Configuration {
    try Configuration(file: SettingsFile(name: "martlet.toml", text: text), environment: environment)
}

/// What is said about faulty settings, sorted; nothing when they are good.
private func faults(in text: String = "", environment: [String: String] = [:]) -> [String] {
    do throws(ConfigurationFaults) {
        _ = try settings(text, environment: environment)
        return []
    } catch {
        return error.faults.map(\.description).sorted()
    }
}

private func shippedFile(_ name: String) throws -> String {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: tests.deletingLastPathComponent().appending(path: name), encoding: .utf8)
}

@Suite struct `Shipped settings files` {
    @Test func `the annotated file sets every option to its default`() throws {
        let defaults = try Configuration(file: .none, environment: [:])
        #expect(try settings(shippedFile("conf/martlet.toml")) == defaults)
    }

    @Test func `every option of the annotated file can be set in the environment`() throws {
        let file = try SettingsFile(name: "martlet.toml", text: shippedFile("conf/martlet.toml"))
        for key in file.keys where !["models.aliases", "models.fallbacks"].contains(key) {
            let name = "MARTLET_" + key.uppercased().split(separator: ".").joined(separator: "_")
            // Whatever the kind of an option: this is no number, no choice, no address, and too long for a mode.
            let changed = try? settings(environment: [name: "neither this nor that"])
            #expect(changed != (try settings()), "\(name) changes nothing")
        }
    }

    @Test func `the table in README.md names every option of the annotated file`() throws {
        let file = try SettingsFile(name: "martlet.toml", text: shippedFile("conf/martlet.toml"))
        let readme = try shippedFile("README.md")
        for key in file.keys { #expect(readme.contains("| `\(key)` |"), "\(key) is missing") }
    }

    @Test func `the minimal file is five lines and good`() throws {
        let text = try shippedFile("conf/minimal.toml")
        #expect(text.split(separator: "\n").count == 5)
        #expect(try settings(text) == settings())
    }
}

@Suite struct `Faults in settings` {
    @Test func `all of them are reported at once, with line and key`() {
        let text = """
            [server]
            workers = "two"
            threads = 0
            socket_mode = "rw-rw----"
            trusted_proxies = ["10.0.0.0/8", "proxy.example"]
            prefix = "ai/"

            [limits]
            requests_per_minute = 1.5
            subject = "ip"

            [models]
            permitted = ["gpt-4o", 5]
            permitted_only = "yes"
            """
        #expect(
            faults(in: text) == [
                "martlet.toml:10: limits.subject must be one of key, address, both.",
                "martlet.toml:13: models.permitted must be a list of texts in quotes.",
                "martlet.toml:14: models.permitted_only must be true or false.",
                "martlet.toml:2: server.workers must be a number.",
                "martlet.toml:3: server.threads must be between 1 and 8192.",
                "martlet.toml:4: server.socket_mode must be an octal number in quotes, such as \"0660\".",
                "martlet.toml:5: server.trusted_proxies holds 'proxy.example', which is neither an address nor a network.",
                "martlet.toml:6: server.prefix must begin with a slash and not end with one.",
                "martlet.toml:9: limits.requests_per_minute must be a whole number.",
            ]
        )
    }

    @Test func `a syntax error has its line and column`() throws {
        let only = try #require(faults(in: "[server]\nworkers = = 2\n").first)
        #expect(only.hasPrefix("martlet.toml:2:11: "))
    }

    @Test func `a key that is no setting is a fault`() {
        let text = """
            server.worker = 3
            color = "blue"
            [limit]
            requests_per_minute = 5
            [[gate]]
            name = "openai"
            [upstream]
            [strange]
            """
        #expect(
            faults(in: text) == [
                "martlet.toml:1: server.worker is not a setting.",
                "martlet.toml:2: color is not a setting.",
                "martlet.toml:4: limit.requests_per_minute is not a setting.",
                "martlet.toml:5: gate is not a setting.",
                "martlet.toml:8: strange is not a setting.",
            ]
        )
    }

    @Test func `a section in the place of a table is a fault`() {
        #expect(faults(in: "server = 5") == ["martlet.toml:1: server is not a setting."])
    }

    @Test(arguments: [
        ("[server]\nsocket = 9000", "server.socket must be a text in quotes."),
        ("[server]\nsocket = \"/run/martlet.sock\"", "server.socket must begin with unix: or tcp:."),
        ("[server]\nworkers = true", "server.workers must be a number."),
        (
            "[fetch]\nallowed_networks = [\"home\"]",
            "fetch.allowed_networks holds 'home', which is neither an address nor a network."
        ),
        ("[files]\nkeep_days = 0", "files.keep_days must be between 1 and 3650."),
        ("[server]\nworkers = 1979-05-27", "server.workers must be a number."),
        ("[server]\nworkers = nan", "server.workers must be between 1 and 256."),
        ("[models]\npermitted = \"gpt-4o\"", "models.permitted must be a list of texts in quotes."),
        ("[models]\npermitted_only = 1", "models.permitted_only must be true or false."),
        ("[models]\naliases = \"fast\"", "models.aliases must be a table."),
        ("[models]\naliases.fast = 4", "models.aliases.fast must be a text in quotes."),
        ("[database]\nwindows = \"postgresql://host\"", "database.windows must be sqlite: and a folder."),
        ("[database]\nurl = \"postgresql://host\"", "database.url must be sqlite: and a file."),
        ("[onemin]\nbase_url = \"api.1min.ai\"", "onemin.base_url must be an http or https address."),
    ])
    func `a value of a wrong kind is a fault`(text: String, problem: String) {
        #expect(faults(in: text) == ["martlet.toml:2: \(problem)"])
    }

    @Test func `a fault from the environment names its variable`() {
        #expect(
            faults(in: "[server]\nthreads = 8", environment: ["MARTLET_SERVER_THREADS": "many"])
                == ["MARTLET_SERVER_THREADS: server.threads must be a number."]
        )
    }
}

@Suite struct `Settings in the environment` {
    @Test func `they lie over the file`() throws {
        let found = try settings(
            "[server]\nworkers = 3\nthreads = 8",
            environment: [
                "MARTLET_SERVER_WORKERS": "5", "MARTLET_UPSTREAM_CONNECT_SECONDS": "2.5",
                "MARTLET_SERVER_TRUSTED_PROXIES": "10.0.0.0/8, ::1", "MARTLET_LIMITS_SUBJECT": "both",
                "MARTLET_MODELS_PERMITTED_ONLY": "on",
            ]
        )
        #expect(found.server.workers == 5)
        #expect(found.server.threads == 8)
        #expect(found.upstream.connect == .seconds(2.5))
        #expect(found.server.trustedProxies == ["10.0.0.0/8", "::1"].compactMap { AddressRange($0) })
        #expect(found.limits.countsKeys && found.limits.countsAddresses)
        #expect(found.models.permittedOnly)
    }

    @Test(arguments: [
        ("https://api.1min.ai", "https://api.1min.ai"),
        ("https://api.1min.ai/", "https://api.1min.ai"),
        ("https://api.1min.ai/api", "https://api.1min.ai"),
        ("https://api.1min.ai/api/features", "https://api.1min.ai"),
        ("https://api.1min.ai/api/features?isStreaming=true", "https://api.1min.ai"),
        ("http://127.0.0.1:8080/simulator/onemin", "http://127.0.0.1:8080/simulator/onemin"),
        ("http://127.0.0.1:8080/mirror/api/features", "http://127.0.0.1:8080/mirror"),
        ("http://[::1]:8080/#top", "http://[::1]:8080"),
    ])
    func `every form of ONE_MIN_API_URL that older relays use is understood`(address: String, base: String)
        throws
    {
        #expect(try settings(environment: ["ONE_MIN_API_URL": address]).oneMinOrigin == base)
    }

    @Test(arguments: [
        "", "api.1min.ai", "ftp://api.1min.ai", "https://", "https:///api", "https://me@host", "https://a b",
    ])
    func `what is no address is a fault`(address: String) {
        let problem = "onemin.base_url must be an http or https address."
        #expect(faults(environment: ["ONE_MIN_API_URL": address]).map { $0.hasSuffix(problem) } == [true])
    }

    @Test func `the list of models and its lock have their old names`() throws {
        let found = try settings(environment: [
            "SUBSET_OF_ONE_MIN_PERMITTED_MODELS": "mistral-nemo,gpt-4o-mini, deepseek-chat",
            "PERMIT_MODELS_FROM_SUBSET_ONLY": "True",
        ])
        #expect(found.models.permitted == ["mistral-nemo", "gpt-4o-mini", "deepseek-chat"])
        #expect(found.models.permittedOnly)
        #expect(try settings(environment: ["PERMIT_MODELS_FROM_SUBSET_ONLY": "False"]) == settings())
        #expect(faults(environment: ["PERMIT_MODELS_FROM_SUBSET_ONLY": "perhaps"]).count == 1)
    }

    @Test func `ALLOWED_ORIGINS is a list, and empty it allows none`() throws {
        let two = try settings(environment: ["ALLOWED_ORIGINS": "https://a.example, https://b.example"])
        #expect(two.origins == ["https://a.example", "https://b.example"])
        #expect(try settings(environment: ["ALLOWED_ORIGINS": ""]).origins == [])
    }

    @Test(arguments: [
        ("true", "debug"), ("1", "debug"), ("false", "info"), ("False", "info"), ("0", "info"), ("", "info"),
    ])
    func `DEBUG means what it says`(text: String, level: String) throws {
        #expect(try settings(environment: ["DEBUG": text]).logLevel == level)
    }

    @Test func `a name of this program wins over an old one`() throws {
        let found = try settings(environment: [
            "ONE_MIN_API_URL": "https://old.example", "MARTLET_ONEMIN_BASE_URL": "https://new.example",
            "DEBUG": "true", "MARTLET_LOG_LEVEL": "warning",
        ])
        #expect(found.oneMinOrigin == "https://new.example")
        #expect(found.logLevel == "warning")
    }

    @Test func `old settings without a meaning give one warning that names them`() throws {
        let found = try settings(environment: [
            "MEMCACHED_HOST": "memcached", "MEMCACHED_PORT": "11211", "PORT": "5001", "HOME": "/root",
            "ONE_MIN_ASSET_URL": "https://api.1min.ai/api/assets",
        ])
        #expect(found.warnings.count == 1)
        for name in ["MEMCACHED_HOST", "MEMCACHED_PORT", "PORT", "ONE_MIN_ASSET_URL"] {
            #expect(found.warnings.allSatisfy { $0.contains("\(name) (") })
        }
        #expect(found.warnings.allSatisfy { !$0.contains("HOME") })
        #expect(try settings(environment: ["HOME": "/root"]).warnings.isEmpty)
    }
}

@Suite struct `Model names of the settings` {
    @Test func `an operator's own name reaches its model`() throws {
        let rules = try settings("[models.aliases]\nfast = \"gpt-4o-mini\"\n\"my/old\" = \"mistral-nemo\"")
            .models
        let catalogue = ModelCatalogue(
            list: BundledCatalogue.models,
            aliases: BundledCatalogue.aliases,
            rules: rules
        )
        #expect(catalogue.resolve("fast") == catalogue.resolve("gpt-4o-mini"))
        #expect(catalogue.resolve("my/old") == catalogue.resolve("open-mistral-nemo"))
        #expect(catalogue.resolve("fast") != .unknown)
        #expect(catalogue.resolve("my/old") != .unknown)
    }
}
