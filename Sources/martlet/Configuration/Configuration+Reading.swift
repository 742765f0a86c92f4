import MartletAccounts
import MartletCore
import MartletGateway
import MartletUpstream
import MartletWeb

extension Configuration {
    /// Reads and checks all settings.
    ///
    /// - Throws: `ConfigurationFaults` with everything that is wrong.
    init(
        file: SettingsFile,
        environment: [String: String],
        folder: String = "."
    ) throws(ConfigurationFaults) {
        var reader = SettingsReader(file: file, environment: environment)
        server = Self.server(&reader)
        limits = Self.limits(&reader)
        upstream = UpstreamLimits(
            connect: .seconds(reader.number("upstream", "connect_seconds", default: 5, in: 0.1...600)),
            firstByte: .seconds(
                reader.number("upstream", "first_byte_seconds", default: 120, in: 0.1...3_600)
            ),
            idle: .seconds(reader.number("upstream", "idle_seconds", default: 120, in: 0.1...3_600)),
            total: .seconds(reader.number("upstream", "total_seconds", default: 900, in: 0.1...86_400))
        )
        jobs = Self.jobs(&reader, upstream)
        upstreamCertificates = Self.optional(reader.text("upstream", "ca_file", default: ""))
        windowsFolder = Self.place(&reader, "windows", default: "run", of: "a folder")
        databasePath = Self.place(&reader, "url", default: "martlet.db", of: "a file")
        oneMinOrigin = Self.oneMinOrigin(&reader)
        oneMinAssets = Self.oneMinAssets(&reader)
        fallbacks = Dictionary(
            reader.lists("models", "fallbacks").map { (ModelName($0.key), $0.value.map { ModelName($0) }) },
            uniquingKeysWith: { first, _ in first }
        )
        access = Self.access(&reader, environment: environment, folder: folder)
        masterKey = Self.masterKey(&reader, environment: environment, folder: folder)
        accounts = Self.accounts(&reader, environment: environment, folder: folder)
        prices = PriceSettings.read(&reader)
        usageDays = reader.integer("usage", "keep_days", default: 90, in: 1...36_500)
        breaker = Self.breaker(&reader)
        affinity = .seconds(reader.number("affinity", "minutes", default: 10, in: 0...1_440) * 60)
        let settings = ChannelSettings(environment: environment, folder: folder)
        channels = Self.channels(&reader, origin: oneMinOrigin, settings: settings)
        hasLiteralKeys = settings.hasLiteralKey
        origins = reader.texts("cors", "origins", default: ["*"], aliases: ["ALLOWED_ORIGINS"])
        logLevel = Self.logLevel(&reader, environment: environment)
        logFile = Self.optional(reader.text("log", "file", default: ""))
        heartbeat = .seconds(reader.number("stream", "heartbeat_seconds", default: 10, in: 1...55))
        models = Self.models(&reader)
        responseDays = reader.integer("responses", "keep_days", default: 30, in: 0...3_650)
        fetch = Self.fetch(&reader)
        files = Self.files(&reader)
        warnings = LegacySettings.warnings(for: environment) + Self.warnings(channels, access)
        let faults = reader.allFaults()
        guard faults.isEmpty else { throw ConfigurationFaults(faults: faults) }
    }

    private static func server(_ reader: inout SettingsReader) -> Server {
        let mode = reader.text("server", "socket_mode", default: "0660")
        if UInt32(mode, radix: 8) == nil || mode.count > 4 {
            reader.addFault("server", "socket_mode", "must be an octal number in quotes, such as \"0660\".")
        }
        let socket = reader.text("server", "socket", default: "unix:run/martlet.sock")
        if !socket.hasPrefix("unix:") && !socket.hasPrefix("tcp:") {
            reader.addFault("server", "socket", "must begin with unix: or tcp:.")
        }
        let proxies = reader.texts("server", "trusted_proxies", default: [])
        for proxy in proxies where AddressRange(proxy) == nil {
            reader.addFault(
                "server",
                "trusted_proxies",
                "holds '\(proxy)', which is neither an address nor a network."
            )
        }
        let prefix = reader.text("server", "prefix", default: "")
        if !prefix.isEmpty, !prefix.hasPrefix("/") || prefix.hasSuffix("/") {
            reader.addFault("server", "prefix", "must begin with a slash and not end with one.")
        }
        return Server(
            socket: socket,
            socketMode: UInt32(mode, radix: 8) ?? 0o660,
            socketGroup: optional(reader.text("server", "socket_group", default: "")),
            workers: reader.integer("server", "workers", default: 2, in: 1...256),
            threads: reader.integer("server", "threads", default: 512, in: 1...8_192),
            trustedProxies: proxies.compactMap { AddressRange($0) },
            bodyLimit: reader.integer("server", "body_limit_mib", default: 32, in: 1...1_024) << 20,
            multipartLimit: reader.integer("server", "multipart_limit_mib", default: 100, in: 1...1_024)
                << 20,
            prefix: prefix,
            drain: .seconds(reader.number("server", "drain_seconds", default: 600, in: 0...86_400))
        )
    }

    private static func channels(
        _ reader: inout SettingsReader,
        origin: String,
        settings: ChannelSettings
    ) -> [Channel] {
        var channels: [Channel] = []
        if reader.truth("onemin", "passthrough", default: true) {
            var callers = Channel(name: "1min", kind: .onemin, address: origin, keys: [], models: [])
            callers.usesCallersKey = true
            channels.append(callers)
        }
        var names: Set<String> = []
        channels += reader.entries("channel") { entry in
            guard let channel = settings.channel(&entry) else { return nil }
            if !names.insert(channel.name).inserted {
                entry.addFault("name", "is the name of another channel, too.")
                return nil
            }
            return channel
        }
        return channels
    }

    private static func warnings(_ channels: [Channel], _ access: AccessRule) -> [String] {
        guard channels.contains(where: { !$0.usesCallersKey }) else { return [] }
        if access.isOpen {
            return ["access.open is true: any key opens the channels, at the cost of whose keys they have."]
        }
        return []
    }

    private static func access(
        _ reader: inout SettingsReader,
        environment: [String: String],
        folder: String
    ) -> AccessRule {
        var hashes: Set<String> = []
        for text in reader.texts("access", "keys", default: []) {
            if text.hasPrefix("sha256:") {
                let digits = text.dropFirst(7).lowercased()
                if digits.count == 64, digits.allSatisfy(\.isHexDigit) {
                    hashes.insert(digits)
                } else {
                    reader.addFault("access", "keys", "holds a hash that is not 64 hexadecimal digits.")
                }
                continue
            }
            do {
                hashes.insert(
                    KeyHash(try SecretSetting.find(text, environment: environment, folder: folder)).text
                )
            } catch {
                reader.addFault("access", "keys", error.problem)
            }
        }
        return AccessRule(known: hashes, isOpen: reader.truth("access", "open", default: false))
    }

    private static func masterKey(
        _ reader: inout SettingsReader,
        environment: [String: String],
        folder: String
    ) -> Secret? {
        let text = reader.text("secrets", "master_key", default: "")
        guard !text.isEmpty else { return nil }
        do throws(SecretSetting.Fault) {
            let key = try SecretSetting.find(text, environment: environment, folder: folder)
            if key.revealed.utf8.count >= Vault.shortestKey { return key }
            reader.addFault("secrets", "master_key", "must have at least \(Vault.shortestKey) characters.")
        } catch {
            reader.addFault("secrets", "master_key", error.problem)
        }
        return nil
    }

    private static func accounts(
        _ reader: inout SettingsReader,
        environment: [String: String],
        folder: String
    ) -> Accounts {
        let hours = reader.number(
            "accounts",
            "session_hours",
            default: 24,
            in: 0.1...8_760,
            aliases: ["TOKEN_EXPIRY_HOURS"]
        )
        var accounts = Accounts(
            isOpenForRegistration: reader.truth("accounts", "registration", default: false),
            sessionLength: Int(hours * 3_600)
        )
        let parameter = reader.text("accounts", "sso_parameter", default: "")
        // What clients send arrives as HTTP_…, and REMOTE_USER is what nginx reads from any Basic field, proven or not.
        if parameter.hasPrefix("HTTP_") || parameter == "REMOTE_USER" {
            reader.addFault(
                "accounts",
                "sso_parameter",
                "must be a name of your own: clients can write \(parameter.hasPrefix("HTTP_") ? "HTTP_…" : parameter)."
            )
        }
        accounts.singleSignOnParameter = optional(parameter)
        let secret = reader.text("accounts", "session_secret", default: "", aliases: ["JWT_SECRET"])
        guard !secret.isEmpty else { return accounts }
        do throws(SecretSetting.Fault) {
            accounts.sessionSecret = try SecretSetting.find(secret, environment: environment, folder: folder)
        } catch {
            reader.addFault("accounts", "session_secret", error.problem)
        }
        if let found = accounts.sessionSecret, SessionToken(secret: found) == nil {
            reader.addFault(
                "accounts",
                "session_secret",
                "must have at least \(SessionToken.shortestSecret) characters."
            )
        }
        return accounts
    }

    private static func breaker(_ reader: inout SettingsReader) -> BreakerRule {
        BreakerRule(
            failures: reader.integer("breaker", "failures", default: 3, in: 1...1_000),
            share: reader.number("breaker", "share", default: 0.5, in: 0.01...1),
            open: .seconds(reader.number("breaker", "open_seconds", default: 5, in: 0.1...3_600)),
            openMax: .seconds(reader.number("breaker", "open_seconds_max", default: 300, in: 0.1...86_400)),
            cooldown: .seconds(reader.number("breaker", "cooldown_seconds", default: 900, in: 0.1...86_400))
        )
    }

    /// The head of a job's answer comes with its end, so only the whole is limited.
    private static func jobs(_ reader: inout SettingsReader, _ upstream: UpstreamLimits) -> UpstreamLimits {
        let seconds = reader.number("upstream", "job_seconds", default: 900, in: 0.1...86_400)
        return UpstreamLimits(
            connect: upstream.connect,
            firstByte: .seconds(seconds),
            idle: upstream.idle,
            total: .seconds(seconds)
        )
    }

    private static func limits(_ reader: inout SettingsReader) -> Limits {
        let subject = reader.choice("limits", "subject", default: "key", of: ["key", "address", "both"])
        let failure = reader.choice("limits", "on_store_failure", default: "open", of: ["open", "closed"])
        let most = 1_000_000_000
        return Limits(
            requestsPerMinute: reader.integer("limits", "requests_per_minute", default: 60, in: 0...most),
            tokensPerMinute: reader.integer("limits", "tokens_per_minute", default: 10_000, in: 0...most),
            failedAuthenticationPerMinute: reader.integer(
                "limits",
                "failed_authentication_per_minute",
                default: 20,
                in: 0...most
            ),
            countsKeys: subject != "address",
            countsAddresses: subject != "key",
            isOpenOnFailure: failure == "open"
        )
    }

    /// `sqlite:` and a path in the section `database`.
    private static func place(
        _ reader: inout SettingsReader,
        _ key: String,
        default standard: String,
        of kind: String
    ) -> String {
        let place = reader.text("database", key, default: "sqlite:" + standard)
        guard place.hasPrefix("sqlite:"), place.count > 7 else {
            reader.addFault("database", key, "must be sqlite: and \(kind).")
            return standard
        }
        return String(place.dropFirst(7))
    }

    /// Older relays give an address with a path; only its origin counts.
    private static func oneMinOrigin(_ reader: inout SettingsReader) -> String {
        let address = reader.text(
            "onemin",
            "base_url",
            default: "https://api.1min.ai",
            aliases: ["ONE_MIN_API_URL"]
        )
        guard let base = baseAddress(address) else {
            reader.addFault("onemin", "base_url", "must be an http or https address.")
            return "https://api.1min.ai"
        }
        return base
    }

    private static func oneMinAssets(_ reader: inout SettingsReader) -> String {
        let address = reader.text("onemin", "asset_url", default: "https://asset.1min.ai")
        guard let base = baseAddress(address) else {
            reader.addFault("onemin", "asset_url", "must be an http or https address.")
            return "https://asset.1min.ai"
        }
        return base
    }

    /// `https://host/api/features` → `https://host`; a path that does not begin with `/api` is a prefix and stays.
    static func baseAddress(_ address: String) -> String? {
        guard let scheme = ["https://", "http://"].first(where: { address.lowercased().hasPrefix($0) }) else {
            return nil
        }
        let rest = address.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let isSane = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x40 }
        guard !host.isEmpty, isSane else { return nil }
        var path = rest.dropFirst(host.count).prefix { $0 != "?" && $0 != "#" }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        if let api = segments.firstIndex(of: "api") { path = segments[..<api].joined(separator: "/")[...] }
        while path.last == "/" { path = path.dropLast() }
        return scheme + host + path
    }

    /// `DEBUG=true` of older relays; `DEBUG=false` means false, whatever the shell thinks of non-empty texts.
    private static func logLevel(_ reader: inout SettingsReader, environment: [String: String]) -> String {
        let isDebugging = environment["DEBUG"].flatMap(SettingsReader.truth) ?? false
        return reader.choice(
            "log",
            "level",
            default: isDebugging ? "debug" : "info",
            of: ["debug", "info", "warning", "error"]
        )
    }

    private static func models(_ reader: inout SettingsReader) -> ModelRules {
        let aliases = reader.table("models", "aliases").map { (ModelName($0.key), ModelName($0.value)) }
        return ModelRules(
            permitted: reader.texts(
                "models",
                "permitted",
                default: [],
                aliases: ["SUBSET_OF_ONE_MIN_PERMITTED_MODELS"]
            ).map { ModelName($0) },
            permittedOnly: reader.truth(
                "models",
                "permitted_only",
                default: false,
                aliases: ["PERMIT_MODELS_FROM_SUBSET_ONLY"]
            ),
            aliases: Dictionary(aliases, uniquingKeysWith: { first, _ in first }),
            emulatesTools: reader.texts("models", "emulate_tools", default: []).map { ModelName($0) }
        )
    }

    private static func fetch(_ reader: inout SettingsReader) -> GuardedFetcher.Rules {
        var rules = GuardedFetcher.Rules()
        for network in reader.texts("fetch", "allowed_networks", default: []) {
            if let range = NetworkRange(network) {
                rules.allowedNetworks.append(range)
            } else {
                reader.addFault(
                    "fetch",
                    "allowed_networks",
                    "holds '\(network)', which is neither an address nor a network."
                )
            }
        }
        rules.permitsPlainHTTP = reader.truth("fetch", "plain_http", default: false)
        rules.sizeLimit = reader.integer("fetch", "limit_mib", default: 20, in: 1...1_024) << 20
        rules.timeLimit = .seconds(reader.number("fetch", "seconds", default: 30, in: 0.1...600))
        rules.userAgent = "Mozilla/5.0 (compatible; Martlet/\(Version.text))"
        return rules
    }

    private static func files(_ reader: inout SettingsReader) -> FileRules {
        FileRules(
            sizeLimit: reader.integer("files", "limit_mib", default: 50, in: 1...1_024) << 20,
            quota: reader.integer("files", "quota_mib", default: 1_024, in: 0...1_000_000) << 20,
            keptFor: reader.integer("files", "keep_days", default: 30, in: 1...3_650) * 86_400
        )
    }

    private static func optional(_ text: String) -> String? { text.isEmpty ? nil : text }
}
