import Glibc
import Logging
import MartletAccounts
import MartletConsole
import MartletCore
import MartletMeter
import MartletStore

/// Builds the management API.
enum ConsoleComposition {
    /// How many sign-ins an address, and an account, may try in a minute.
    private static let signInsPerMinute = 20

    /// - Throws: `StateFolderError` where the secrets of the state folder can be neither read nor made.
    static func console(
        _ configuration: Configuration,
        state: StateFolder,
        store: Store,
        limiter: RateLimiter,
        models: @escaping @Sendable () -> [String],
        logger: Logger
    ) throws(StateFolderError) -> Console {
        Console(
            store: store,
            tokens: try tokens(configuration.accounts, state: state),
            throttle: throttle(limiter),
            settings: Console.Settings(
                isOpenForRegistration: configuration.accounts.isOpenForRegistration,
                sessionLength: configuration.accounts.sessionLength,
                version: Version.text
            ),
            setup: setup(state, logger: logger),
            models: models,
            channels: { configuration.channels.map(summary) },
            now: WallClock.seconds,
            logger: logger
        )
    }

    private static func tokens(
        _ settings: Configuration.Accounts,
        state: StateFolder
    ) throws(StateFolderError) -> SessionToken {
        if let secret = settings.sessionSecret, let tokens = SessionToken(secret: secret) { return tokens }
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
    private static func setup(_ state: StateFolder, logger: Logger) -> SetupCode {
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

    private static func summary(_ channel: Channel) -> Console.ChannelSummary {
        Console.ChannelSummary(
            name: channel.name,
            kind: channel.kind.rawValue,
            models: channel.models.map(\.name.text),
            keyCount: channel.keys.count,
            priority: channel.priority,
            weight: channel.weight
        )
    }
}
