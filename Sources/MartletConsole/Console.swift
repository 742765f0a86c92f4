public import Logging
public import MartletAccounts
public import MartletCore
public import MartletStore

/// What the endpoints of the management API work with.
///
/// Made once, in `Composition`; safe from any thread.
public struct Console: Sendable {
    /// What the settings say.
    public struct Settings: Sendable, Equatable {
        /// Whether anybody may make an account.
        public var isOpenForRegistration: Bool
        /// How long a session lasts, in seconds.
        public var sessionLength: Int
        /// The program's version.
        public var version: String

        /// Makes settings; see the properties.
        public init(isOpenForRegistration: Bool, sessionLength: Int, version: String) {
            self.isOpenForRegistration = isOpenForRegistration
            self.sessionLength = sessionLength
            self.version = version
        }
    }

    let store: Store
    /// Is moved with every change; nil where nobody remembers anything.
    let revision: AccountRevision?
    let tokens: SessionToken
    let throttle: LoginThrottle
    let settings: Settings
    /// Proves that whoever sets the service up can read its log.
    let setup: SetupCode
    /// The names of the models that clients may ask for.
    let models: @Sendable () -> [String]
    /// What a model costs where it is asked for first; nil for what nobody knows.
    let prices: @Sendable (_ models: [String]) -> [ModelPrice?]
    /// What is done with channels.
    let channels: ChannelDesk
    /// The time in seconds since 1970.
    let now: @Sendable () -> Int
    /// When the program started, in seconds since 1970.
    let started: Int
    let logger: Logger

    /// Puts the parts together; see the properties.
    public init(
        store: Store,
        revision: AccountRevision?,
        tokens: SessionToken,
        throttle: LoginThrottle,
        settings: Settings,
        setup: SetupCode,
        models: @escaping @Sendable () -> [String],
        prices: @escaping @Sendable (_ models: [String]) -> [ModelPrice?],
        channels: ChannelDesk,
        now: @escaping @Sendable () -> Int,
        logger: Logger
    ) {
        self.store = store
        self.revision = revision
        self.tokens = tokens
        self.throttle = throttle
        self.settings = settings
        self.setup = setup
        self.models = models
        self.prices = prices
        self.channels = channels
        self.now = now
        self.logger = logger
        started = now()
    }

    static var noSession: GatewayError {
        GatewayError(.invalidKey, "Invalid or expired token", code: "no_session", shouldRetry: false)
    }

    static var missing: GatewayError { GatewayError(.notFound, "There is no such record.") }

    static func refused(_ text: String) -> GatewayError { GatewayError(.forbidden, text) }

    static func unreachable(_ error: StoreError) -> GatewayError {
        GatewayError(
            .unavailable,
            "The database cannot be reached at the moment.",
            detail: "\(error)",
            retryAfter: .seconds(5)
        )
    }
}
