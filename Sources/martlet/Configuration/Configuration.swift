import MartletAccounts
import MartletCore
import MartletGateway
import MartletMeter
import MartletUpstream
import MartletWeb

/// All settings, checked.
///
/// The names and defaults are a contract with the people who script against them; `conf/martlet.toml` explains each.
struct Configuration: Sendable, Equatable {
    struct Server: Sendable, Equatable {
        var socket: String
        var socketMode: UInt32
        var socketGroup: String?
        var workers: Int
        var threads: Int
        var trustedProxies: [AddressRange]
        var bodyLimit: Int
        var multipartLimit: Int
        var prefix: String
        var drain: Duration
    }

    struct Limits: Sendable, Equatable {
        var requestsPerMinute: Int
        var tokensPerMinute: Int
        var failedAuthenticationPerMinute: Int
        var countsKeys: Bool
        var countsAddresses: Bool
        var isOpenOnFailure: Bool
    }

    /// Who may make accounts, and how long they are signed in.
    struct Accounts: Sendable, Equatable {
        var isOpenForRegistration: Bool
        /// In seconds.
        var sessionLength: Int
        /// In which FastCGI parameter the web server names whom it has proven; nil for none.
        var singleSignOnParameter: String?
        /// What sessions are signed with; nil for the file in the state folder.
        var sessionSecret: Secret?
    }

    var server: Server
    var limits: Limits
    var upstream: UpstreamLimits
    /// For jobs that take minutes: images, audio.
    var jobs: UpstreamLimits
    var upstreamCertificates: String?
    var windowsFolder: String
    /// The main database's file, relative to the state folder.
    var databasePath: String
    var oneMinOrigin: String
    /// Where finished files are read.
    var oneMinAssets: String
    /// The channels, that of callers with keys of their own first.
    var channels: [Channel]
    /// Whether a channel's key stands in the file itself, which nobody else should then read.
    var hasLiteralKeys: Bool
    /// For a model, those to try where it cannot be had.
    var fallbacks: [ModelName: [ModelName]]
    /// Whose key opens channels that have keys of their own.
    var access: AccessRule
    /// What seals the keys of channels that the database keeps; nil for the file in the state folder.
    var masterKey: Secret?
    /// Who may make accounts, and how long they are signed in.
    var accounts: Accounts
    /// What models cost.
    var prices: PriceSettings.Prices
    /// How many days the row of each request is kept.
    var usageDays: Int
    /// When a key or a model is left alone.
    var breaker: BreakerRule
    /// How long a conversation stays with the key that served it.
    var affinity: Duration
    var origins: [String]
    var logLevel: String
    var logFile: String?
    var heartbeat: Duration
    var models: ModelRules
    /// How many days answers are kept that a client wants kept; 0 keeps none.
    var responseDays: Int
    /// What is fetched from addresses that clients name.
    var fetch: GuardedFetcher.Rules
    /// What clients may keep here.
    var files: FileRules
    /// What the operator should know about settings that are accepted without an effect.
    var warnings: [String]
}
