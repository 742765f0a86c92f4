import HTTPTypes
import MartletAccounts
import MartletCore
import MartletProviders

/// Reads `[[channel]]`.
///
/// Belongs to one thread.
final class ChannelSettings {
    /// Names that no channel may have: addresses of the gateway's own.
    static let reserved: Set<String> = [
        "v1", "v1beta", "api", "1min", "health", "metrics", "console", "ai.json", "ai.json.enc",
    ]
    private let environment: [String: String]
    private let folder: String
    /// Whether a key stands in the file itself.
    private(set) var hasLiteralKey = false

    /// `folder` is where relative paths begin.
    init(environment: [String: String], folder: String) {
        self.environment = environment
        self.folder = folder
    }

    /// The channel of an entry; nil for one that is faulty beyond use.
    func channel(_ entry: inout SettingsEntry) -> Channel? {
        let name = name(&entry)
        let known = name.flatMap { WellKnownProvider.all[$0] }
        let wanted: Channel.Kind? = entry.choice("type")
        let address = entry.text("base_url")
        let keys = keys(&entry)
        let (models, takesAny) = models(&entry)
        guard let name else { return nil }
        guard let kind = wanted ?? known?.kind else {
            entry.addFault("type", "is missing: \(name) is no provider that is known by its name.")
            return nil
        }
        let standard = kind == known?.kind ? known?.address : WellKnownProvider.address(of: kind)
        guard let base = (address ?? standard).flatMap(Self.base) else {
            entry.addFault("base_url", "must be an http or https address.")
            return nil
        }
        var channel = Channel(name: name, kind: kind, address: base, keys: keys, models: models)
        channel.takesAnyModel = takesAny
        channel.priority = entry.integer("priority", in: -1_000_000...1_000_000) ?? 0
        channel.weight = entry.integer("weight", in: 0...1_000_000) ?? 1
        channel.keyOrder = entry.choice("key_order") ?? .turns
        channel.limits = ChannelLimits(
            connect: entry.seconds("connect_seconds"),
            firstByte: entry.seconds("first_byte_seconds"),
            idle: entry.seconds("idle_seconds"),
            total: entry.seconds("total_seconds")
        )
        channel.proxy = proxy(&entry)
        channel.traits = traits(&entry, of: name, prefix: known?.gatewayPrefix)
        if models.isEmpty, !takesAny, !kind.hasCatalogue {
            entry.addFault("models", "must name at least one model, or \"*\".")
        }
        if keys.isEmpty, !entry.has("key"), !entry.has("keys") { entry.addFault("key", "is missing.") }
        return channel
    }

    private func name(_ entry: inout SettingsEntry) -> String? {
        guard let name = entry.text("name") else {
            entry.addFault("name", "is missing.")
            return nil
        }
        let isSound = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
            default: false
            }
        }
        guard isSound, !name.isEmpty, !Self.reserved.contains(name) else {
            entry.addFault(
                "name",
                "must be letters, digits, '-' and '_', and no address of the gateway's own."
            )
            return nil
        }
        return name
    }

    private func keys(_ entry: inout SettingsEntry) -> [ChannelKey] {
        let all = [("key", entry.list("key")), ("keys", entry.list("keys"))]
        var keys: [ChannelKey] = []
        for (place, values) in all {
            for (index, value) in values.enumerated() {
                let key = values.count == 1 ? place : "\(place)[\(index)]"
                switch value {
                case .text(let text):
                    if let secret = secret(text, key, &entry) { keys.append(Self.key(secret)) }
                case .table(let members):
                    var inner = entry.entry(members, at: key)
                    if let found = self.key(&inner) { keys.append(found) }
                    inner.refuseUnknown()
                    entry.take(inner)
                default:
                    entry.addFault(key, "must be a text in quotes, or a table.")
                }
            }
        }
        var seen: Set<String> = []
        return keys.filter { seen.insert($0.id).inserted }
    }

    private func key(_ entry: inout SettingsEntry) -> ChannelKey? {
        let text = entry.text("key")
        let owner = entry.text("owner") ?? ""
        let plan: ChannelKey.Plan? = entry.choice("plan")
        let expires = instant("expires_at", &entry)
        let reset = instant("quota_reset_at", &entry)
        guard let text else {
            entry.addFault("key", "is missing.")
            return nil
        }
        guard let secret = secret(text, "key", &entry) else { return nil }
        var key = Self.key(secret)
        (key.owner, key.plan, key.expiresAt, key.quotaResetAt) = (owner, plan, expires, reset)
        return key
    }

    private func secret(_ text: String, _ key: String, _ entry: inout SettingsEntry) -> Secret? {
        do {
            if !text.hasPrefix("env:"), !text.hasPrefix("file:") { hasLiteralKey = true }
            return try SecretSetting.find(text, environment: environment, folder: folder)
        } catch {
            entry.addFault(key, error.problem)
            return nil
        }
    }

    private static func key(_ secret: Secret) -> ChannelKey {
        let id = String(KeyHash(secret).text.prefix(12))
        // Of a short key four characters would be too much of it.
        let shown = secret.revealed.utf8.count >= 16 ? String(secret.revealed.suffix(4)) : "…"
        return ChannelKey(secret: secret, id: id, hint: shown)
    }

    private func instant(_ key: String, _ entry: inout SettingsEntry) -> Int? {
        guard let text = entry.text(key) else { return nil }
        if let seconds = CivilTime.seconds(text) { return seconds }
        entry.addFault(key, "must be a time such as \"2026-12-01T00:00:00Z\".")
        return nil
    }

    private func models(_ entry: inout SettingsEntry) -> (models: [ChannelModel], takesAny: Bool) {
        var models: [ChannelModel] = []
        var takesAny = false
        for (index, value) in entry.list("models").enumerated() {
            switch value {
            case .text("*"): takesAny = true
            case .text(let text):
                let names = text.split(separator: "=", maxSplits: 1).map {
                    ModelName(String($0.filter { $0 != " " }))
                }
                guard let name = names.first, let upstream = names.last, !text.hasSuffix("="),
                    !text.hasPrefix("=")
                else {
                    entry.addFault("models[\(index)]", "must be a name, or \"name=upstream-name\".")
                    continue
                }
                models.append(ChannelModel(name: name, upstreamName: upstream))
            case .table(let members):
                var inner = entry.entry(members, at: "models[\(index)]")
                if let model = model(&inner) { models.append(model) }
                inner.refuseUnknown()
                entry.take(inner)
            default: entry.addFault("models[\(index)]", "must be a text in quotes, or a table.")
            }
        }
        var seen: Set<ModelName> = []
        for model in models where !seen.insert(model.name).inserted {
            entry.addFault("models", "names '\(model.name)' twice.")
        }
        return (models, takesAny)
    }

    private func model(_ entry: inout SettingsEntry) -> ChannelModel? {
        let name = entry.text("name")
        let upstream = entry.text("upstream")
        let most = 1_000_000_000
        let context = entry.integer("context", in: 1...most)
        let output = entry.integer("output", in: 1...most)
        let tokens = entry.integer("tokens_per_minute", in: 1...most)
        let use: ModelCard.Use? = entry.choice("use")
        let prefix = entry.text("gateway_prefix")
        let (firstByte, idle) = (entry.seconds("first_byte_seconds"), entry.seconds("idle_seconds"))
        guard let name, !name.isEmpty else {
            entry.addFault("name", "is missing.")
            return nil
        }
        var model = ChannelModel(name: ModelName(name), upstreamName: upstream.map { ModelName($0) })
        (model.contextLimit, model.outputLimit, model.tokensPerMinute) = (context, output, tokens)
        (model.use, model.gatewayPrefix, model.firstByte, model.idle) = (
            use?.rawValue, prefix, firstByte, idle
        )
        return model
    }

    private func proxy(_ entry: inout SettingsEntry) -> String? {
        guard let text = entry.text("proxy") else { return nil }
        if text.contains("://") { return text }
        entry.addFault("proxy", "must be an address, such as \"http://proxy.example:3128\".")
        return nil
    }

    private func traits(_ entry: inout SettingsEntry, of name: String, prefix: String?) -> ChannelTraits {
        var traits = ChannelTraits()
        traits.channel = name
        traits.apiVersion = entry.text("api_version")
        for (field, value) in entry.texts(in: "headers") {
            guard let name = HTTPField.Name(field), HTTPField.isValidValue(value) else {
                entry.addFault("headers.\(field)", "is no header field.")
                continue
            }
            traits.fields[name] = value
        }
        for value in entry.list("quirks") {
            if case .text(let quirk) = value, ChannelQuirks.names.contains(quirk) {
                traits.quirks.insert(quirk)
            } else {
                let known = ChannelQuirks.names.sorted().joined(separator: ", ")
                entry.addFault("quirks", "must be of \(known).")
            }
        }
        traits.gateway = gateway(&entry, prefix: prefix)
        return traits
    }

    /// The placeholder is filled in before anything looks at the address: a parser would hide the braces.
    private func gateway(_ entry: inout SettingsEntry, prefix: String?) -> ForwardingGateway? {
        let modelPrefix = entry.text("gateway_model_prefix") ?? prefix
        let account = entry.text("gateway_account") ?? environment["CLOUDFLARE_ACCOUNT_ID"]
        let ownKey = entry.text("gateway_key")
        guard let address = entry.text("gateway") else { return nil }
        var filled = address
        if address.contains("{account}") {
            guard let account, !account.isEmpty else {
                entry.addFault(
                    "gateway",
                    "has {account}, and neither gateway_account nor CLOUDFLARE_ACCOUNT_ID is set."
                )
                return nil
            }
            filled = address.split(separator: "{account}", omittingEmptySubsequences: false).joined(
                separator: account
            )
        }
        guard let base = Self.base(filled) else {
            entry.addFault("gateway", "must be an http or https address.")
            return nil
        }
        let text = ownKey ?? (environment["CLOUDFLARE_AIG_TOKEN"] == nil ? nil : "env:CLOUDFLARE_AIG_TOKEN")
        let key = text.flatMap { secret($0, "gateway_key", &entry) }
        return ForwardingGateway(address: base, modelPrefix: modelPrefix, key: key)
    }

    /// Without slashes at the end; nil for what is no address.
    static func base(_ address: String) -> String? {
        guard let scheme = ["https://", "http://"].first(where: { address.lowercased().hasPrefix($0) }) else {
            return nil
        }
        let rest = address.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" }
        guard !host.isEmpty, rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !host.contains("@") else {
            return nil
        }
        var base = scheme + rest
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }
}
