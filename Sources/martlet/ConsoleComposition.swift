import Glibc
import Logging
import MartletAccounts
import MartletConsole
import MartletCore
import MartletGateway
import MartletMeter
import MartletStore

/// Builds the management API.
struct ConsoleComposition {
    /// How many sign-ins an address, and an account, may try in a minute.
    private static let signInsPerMinute = 20

    let configuration: Configuration
    let state: StateFolder
    let store: Store
    let revision: AccountRevision?
    let logger: Logger

    init(
        _ configuration: Configuration,
        state: StateFolder,
        store: Store,
        revision: AccountRevision?,
        logger: Logger
    ) {
        self.revision = revision
        self.configuration = configuration
        self.state = state
        self.store = store
        self.logger = logger
    }

    /// - Throws: `StateFolderError` where the secrets of the state folder can be neither read nor made.
    func console(
        limiter: RateLimiter,
        gateway: Gateway,
        masterKeys: MasterKeys
    ) throws(StateFolderError) -> Console {
        Console(
            store: store,
            revision: revision,
            tokens: try tokens(),
            throttle: Self.throttle(limiter),
            settings: Console.Settings(
                isOpenForRegistration: configuration.accounts.isOpenForRegistration,
                sessionLength: configuration.accounts.sessionLength,
                version: Version.text
            ),
            setup: setup(),
            models: { gateway.modelNames },
            prices: { names in gateway.prices(of: names.map { ModelName($0) }) },
            channels: desk(gateway, masterKeys),
            now: WallClock.seconds,
            logger: logger
        )
    }

    private func tokens() throws(StateFolderError) -> SessionToken {
        if let secret = configuration.accounts.sessionSecret, let tokens = SessionToken(secret: secret) {
            return tokens
        }
        let file = SecretFile(path: state.path("session.key"))
        guard let tokens = SessionToken(secret: try file.readOrMake().secret) else {
            // Somebody has shortened the file: sessions signed with it would be anybody's to forge.
            throw StateFolderError(path: file.path, code: EINVAL)
        }
        return tokens
    }

    private static func throttle(_ limiter: RateLimiter) -> LoginThrottle {
        let policy = RateLimitPolicy(limiter, onFailure: .open) { _ in }
        return LoginThrottle { subject in
            let demand = LimitDemand(
                LimitSubject(.failedAuthentication, subject),
                RateRule(requestsPerMinute: signInsPerMinute)
            )
            switch try? policy.admit([demand]) {
            case .refused(_, let wait): return wait
            case .admitted(let receipt, _):
                policy.settle(receipt, tokens: nil)
                return nil
            case .neverFits, nil: return nil
            }
        }
    }

    /// The code is made when somebody looks at the set-up page, and told to the log then.
    private func setup() -> SetupCode {
        let file = SecretFile(path: state.path("setup-code"))
        return SetupCode(
            prepare: {
                guard let (code, isNew) = try? file.readOrMake(), isNew else { return }
                logger.warning(
                    "somebody looks at the set-up page: this code makes the owner's account, once",
                    metadata: ["code": .string(code.revealed)]
                )
            },
            find: { (try? file.read()) ?? nil },
            forget: file.remove
        )
    }

    private func desk(_ gateway: Gateway, _ masterKeys: MasterKeys) -> ChannelDesk {
        let (probe, inquiry) = (ChannelProbe(gateway), ChannelInquiry(gateway))
        return ChannelDesk(
            settings: configuration.channels.map(ChannelDesk.Summary.init),
            reserved: ChannelSettings.reserved.union(configuration.channels.map(\.name)),
            seal: { key, record in
                guard let sealed = try masterKeys.vaultOrNew().seal(key, for: record) else {
                    throw StateFolderError(path: "master.key", code: EINVAL)
                }
                return sealed
            },
            open: { sealed, record in masterKeys.vault()?.open(sealed, for: record) },
            test: { name, model in
                let outcome = probe.ask(name, model: model)
                return ChannelDesk.Trial(
                    problem: outcome.problem,
                    milliseconds: Int(outcome.duration / .milliseconds(1))
                )
            },
            models: { channel throws(GatewayError) in try inquiry.models(of: channel) },
            balance: { channel throws(GatewayError) in try inquiry.balance(of: channel) },
            wake: { channel, key in
                do {
                    try gateway.planner.wake(channel, key: key)
                } catch {
                    // What rests wakes by itself in a while.
                    logger.warning("a channel was not woken", metadata: ["reason": .string("\(error)")])
                }
            },
            address: { name, kind in
                let known = WellKnownProvider.all[name]
                return known?.kind == kind ? known?.address : WellKnownProvider.address(of: kind)
            },
            keyName: { channel, name in
                let key = gateway.planner.source.channel(named: channel)?.keys.first { $0.id == name }
                return (key?.owner ?? "", key?.hint ?? "")
            }
        )
    }
}
