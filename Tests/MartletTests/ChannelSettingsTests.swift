import HTTPTypes
import MartletAccounts
import MartletCore
import Testing

@testable import martlet

@Suite("Channels in the settings")
struct ChannelSettingsTests {
    private static let environment = [
        "OPENAI_API_KEY": "sk-first-0123456789abcdef", "SECOND": "sk-second-0123456789abcdef",
        "CLOUDFLARE_ACCOUNT_ID": "acc1", "CLOUDFLARE_AIG_TOKEN": "aig-token",
    ]

    private func configuration(_ text: String) throws -> Configuration {
        try Configuration(
            file: SettingsFile(name: "martlet.toml", text: text),
            environment: Self.environment
        )
    }

    private func faults(_ text: String) -> [String] {
        do {
            _ = try configuration(text)
            return []
        } catch let faults as ConfigurationFaults {
            return faults.faults.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `a provider known by its name needs a key and models alone`() throws {
        let text = """
            [[channel]]
            name = "openai"
            key = "env:OPENAI_API_KEY"
            models = ["gpt-4o-mini", "fast = gpt-4o-mini"]
            """
        let channel = try #require(try configuration(text).channels.last)
        #expect(channel.kind == .openai)
        #expect(channel.address == "https://api.openai.com/v1")
        #expect(channel.models.map(\.name.text) == ["gpt-4o-mini", "fast"])
        #expect(channel.models.map(\.upstreamName.text) == ["gpt-4o-mini", "gpt-4o-mini"])
        #expect(channel.keys.map(\.hint) == ["cdef"])
        #expect(!channel.keys[0].id.contains("sk-"))
    }

    @Test func `callers' own keys go to 1min_ai unless the settings say otherwise`() throws {
        #expect(try configuration("").channels.map(\.usesCallersKey) == [true])
        #expect(try configuration("onemin.passthrough = false").channels.isEmpty)
    }

    @Test func `keys have owners, plans and ends`() throws {
        let text = """
            [[channel]]
            name = "mine"
            type = "compatible"
            base_url = "http://127.0.0.1:8000/v1/"
            keys = ["env:OPENAI_API_KEY", { key = "env:SECOND", owner = "ada", plan = "free", \
            expires_at = "2026-12-01T00:00:00Z", quota_reset_at = "2026-01-01" }]
            key_order = "cheapest-first"
            models = ["*"]
            priority = 3
            weight = 0
            headers = { "x-team" = "blue" }
            """
        let channel = try #require(try configuration(text).channels.last)
        #expect(channel.address == "http://127.0.0.1:8000/v1")
        #expect(channel.takesAnyModel && channel.models.isEmpty)
        #expect(channel.keys.map(\.owner) == ["", "ada"])
        #expect(channel.keys[1].plan == .free)
        #expect(channel.keys[1].expiresAt == 1_796_083_200)
        #expect(channel.keys[1].quotaResetAt == 1_767_225_600)
        #expect(channel.keyOrder == .cheapestFirst)
        #expect((channel.priority, channel.weight) == (3, 0))
        #expect(channel.traits.fields[HTTPField.Name("x-team")!] == "blue")
    }

    @Test func `a model's table says what is known of it`() throws {
        let text = """
            [[channel]]
            name = "anthropic"
            key = "env:SECOND"
            models = [{ name = "sonnet", upstream = "claude-sonnet-4-5", context = 200000, output = 64000, \
            tokens_per_minute = 50000, first_byte_seconds = 300 }]
            """
        let model = try #require(try configuration(text).channels.last?.models.first)
        #expect(model.upstreamName == "claude-sonnet-4-5")
        #expect((model.contextLimit, model.outputLimit, model.tokensPerMinute) == (200_000, 64_000, 50_000))
        #expect(model.firstByte == .seconds(300))
    }

    @Test func `a forwarding gateway has its account filled in and names models once with their vendor`()
        throws
    {
        let text = """
            [[channel]]
            name = "groq"
            key = "env:SECOND"
            models = ["llama-3.3-70b", "groq/compound"]
            gateway = "https://gateway.ai.cloudflare.com/v1/{account}/default/compat"
            """
        let gateway = try #require(try configuration(text).channels.last?.traits.gateway)
        #expect(gateway.address == "https://gateway.ai.cloudflare.com/v1/acc1/default/compat")
        #expect(gateway.key == Secret("aig-token"))
        #expect(gateway.name(of: "llama-3.3-70b") == "groq/llama-3.3-70b")
        #expect(gateway.name(of: "groq/compound") == "groq/compound")
    }

    @Test func `every fault of every channel is named with its line`() {
        let text = """
            [[channel]]
            name = "v1"
            [[channel]]
            name = "strange"
            key = "env:NOWHERE"
            models = []
            [[channel]]
            name = "openai"
            key = "env:SECOND"
            models = ["m"]
            weight = -1
            colour = "blue"
            [[channel]]
            name = "openai"
            key = "env:SECOND"
            models = ["m"]
            """
        #expect(
            faults(text) == [
                "martlet.toml:2: channel[0].name must be letters, digits, '-' and '_', and no address of "
                    + "the gateway's own.",
                "martlet.toml:5: channel[1].key names the variable NOWHERE, which is not set.",
                "martlet.toml:4: channel[1].type is missing: strange is no provider that is known by its name."
                    .replacing("martlet.toml:4", with: "martlet.toml:3"),
                "martlet.toml:11: channel[2].weight must be between 0 and 1000000.",
                "martlet.toml:12: channel[2].colour is not a setting.",
                "martlet.toml:14: channel[3].name is the name of another channel, too.",
            ]
        )
    }

    @Test func `a secret is never part of a fault`() {
        let text = """
            [[channel]]
            name = "openai"
            key = "sk secret with blanks"
            models = ["m"]
            """
        #expect(faults(text).contains { $0.contains("printable ASCII") })
        #expect(!faults(text).contains { $0.contains("secret with") })
    }

    @Test func `keys of callers are known by their hashes`() throws {
        let text = """
            [access]
            keys = ["env:SECOND", "sha256:\(KeyHash(Secret("third")).text)"]
            """
        let access = try configuration(text).access
        #expect(access.knows(KeyHash(Secret("sk-second-0123456789abcdef"))))
        #expect(access.knows(KeyHash(Secret("third"))))
        #expect(!access.knows(KeyHash(Secret("fourth"))))
        #expect(faults("access.keys = [\"sha256:12\"]").count == 1)
    }
}
