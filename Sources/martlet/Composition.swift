import Curl
import FastCGI
import Logging
import MartletAccounts
import MartletConsole
import MartletCore
import MartletFront
import MartletGateway
import MartletMeter
import MartletProviders
import MartletStore
import MartletUpstream
import MartletWeb
import Threading

/// Builds everything that answers requests, in one place.
///
/// The run of a request, and what each step adds:
///
/// 1. `Responder` — a thread returns from accept with an `Exchange`.
/// 2. `Front` — CGI variables become a `Request`; a `RequestContext` gets the arrival time and the client's address.
/// 3. `RequestIdentity` — the id.
/// 4. `RequestLog` — around everything that follows: the line at the end.
/// 5. `ErrorResponder` — what is thrown becomes an answer in the client's dialect.
/// 6. `CrossOrigin` — fields for browsers; a preflight ends here.
/// 7. `Router` — the address finds its handler in `GatewayRoutes`.
/// 8. `ChatEndpoint` — `Gateway.caller`: the key's hash finds account, limits and the channels' revision (`Authenticator`);
///     `ReceivedBody` (a long one goes to a file), and of it the little that decides where it goes.
/// 9. `RoutePlanner` — the model's name → `TargetRoute`: channels and keys in the order in which `TargetQueue` asks them;
///     `KeyStates` knows who has failed lately, `Affinity` who served the conversation before.
/// 10. `ConversationReading` — where the first target speaks another dialect, the `Surface` of the address →
///     `ChatRequest`; `ResponseArchive` puts an earlier conversation before it, `MediaInspector` recognises files.
/// 11. `TokenCounters`, `RequestLimits` — the prompt is counted, the windows admit or refuse.
/// 12. `Bill`, `QuotaLedger` — what the answer may cost is set aside; an `Idempotency-Key` was looked up before (`Replays`).
/// 13. `Relay` — target by target: `passThrough` hands the client's own bytes on, else `Turns` and `Dispatcher` have a
///     `ProviderAdapter` write the request anew, with files fetched and uploaded by `MediaServices`.
/// 14. `CurlUpstream` → `Curl.Session` — perform, hand over bytes, poll vendor, client and heartbeat.
/// 15. A `ChatDecoder` → `ChatEvent`s → the surface's `ChatEncoder`, or the bytes as they are (`PassedStream`) →
///     `ResponseWriter` (a flush is `FCGX_FFlush`, and blocks while the web server is slow: the back-pressure).
/// 16. `BilledAnswer` — before the end goes out: what it cost is booked, with the row of usage, and told.
/// 17. `AnswerMeter`, `RequestLimits` — the tokens really taken replace the estimate, on every way out.
struct Composition: Sendable {
    /// Where processes tell each other that accounts have changed, in the state folder.
    static let revisionPath = "run/accounts"
    let front: Front
    let housekeeping: Housekeeping

    init(
        _ configuration: Configuration,
        state: StateFolder,
        logger: Logger,
        log: LogQueue,
        drain: DrainSignal = DrainSignal()
    ) throws(StateFolderError) {
        let limiter = RateLimiter(store: WindowStore(folder: state.path(configuration.windowsFolder)))
        let upstream = Self.upstream(configuration, state: state)
        let store = Store(path: state.path(configuration.databasePath))
        let catalogue = Self.catalogue(configuration, state: state)
        let attachments = Self.attachments(configuration, store: store)
        let presence = ProcessPresence(folder: state.path("run"))
        let masterKeys = MasterKeys(configuration, state: state)
        let (source, prices) = Self.channels(configuration, store, vault: masterKeys.vault, logger: logger)
        let revision = AccountRevision(path: state.path(Self.revisionPath), mayMake: true)
        let books = Self.books(configuration, source, prices, store, revision, presence, logger)
        let board = Self.board(configuration, state: state)
        let results = Self.resultFetcher(configuration, state: state)
        let gateway = Gateway(
            catalogue: catalogue,
            planner: Self.planner(configuration, source, catalogue: catalogue, store: store, board: board),
            limits: Self.limits(configuration.limits, limiter: limiter, logger: logger),
            tokens: TokenCounters { logger.warning("\($0)") },
            upstream: upstream,
            archive: ResponseArchive(store: store, days: configuration.responseDays, now: WallClock.seconds),
            heartbeat: configuration.heartbeat,
            bodyLimit: configuration.server.bodyLimit,
            multipartLimit: configuration.server.multipartLimit,
            jobLimits: configuration.jobs,
            attachments: attachments,
            media: OneMinJobs(assetOrigin: configuration.oneMinAssets),
            results: Self.results(configuration, through: results),
            access: configuration.access,
            books: books,
            replays: Self.replays(in: store, presence: presence),
            spoolFolder: state.path("spool"),
            board: board,
            now: WallClock.seconds
        )
        let console = try ConsoleComposition(
            configuration,
            state: state,
            store: store,
            revision: revision,
            logger: logger
        ).console(limiter: limiter, gateway: gateway, masterKeys: masterKeys)
        front = Self.front(gateway, console, configuration, logger: logger, log: log, drain: drain)
        housekeeping = Housekeeping(
            limiter: limiter,
            store: store,
            catalogue: catalogue,
            oneMinOrigin: configuration.oneMinOrigin,
            upstream: upstream,
            attachments: attachments,
            results: results,
            books: Housekeeping.Books(books, keptFor: configuration.usageDays * 86_400),
            logger: logger
        )
    }

    private static func upstream(_ configuration: Configuration, state: StateFolder) -> CurlUpstream {
        CurlUpstream(
            sessions: SessionPool(),
            authorityFile: configuration.upstreamCertificates.map(state.path)
        )
    }

    private static func catalogue(_ configuration: Configuration, state: StateFolder) -> CatalogueKeeper {
        CatalogueKeeper(
            file: StateFile(path: state.path("catalogue.json")),
            bundled: BundledCatalogue.models,
            aliases: BundledCatalogue.aliases,
            rules: configuration.models
        )
    }

    private static func replays(in store: Store, presence: ProcessPresence) -> Replays {
        Replays(store: store, holder: presence.name, isAlive: presence.isAlive, now: WallClock.seconds)
    }

    private static func books(
        _ configuration: Configuration,
        _ source: ChannelSource,
        _ managed: ManagedPrices,
        _ store: Store,
        _ revision: AccountRevision?,
        _ presence: ProcessPresence,
        _ logger: Logger
    ) -> Books {
        Books(
            store: store,
            authenticator: Authenticator(store: store, revision: revision),
            ledger: QuotaLedger(store: store, presence: presence, now: WallClock.milliseconds),
            prices: PriceTable(
                managed: managed,
                rules: configuration.prices.rules,
                unknown: configuration.prices.unknown
            ) {
                // Read where a model is new: it takes milliseconds, and megabytes if it were kept.
                let facts = BundledCatalogue.prices
                return { model, name in
                    source.channel(named: name).flatMap { facts.price(of: model, at: $0) }
                }
            },
            usage: UsageQueue(store: store),
            assumedOutput: configuration.prices.assumedOutput,
            now: WallClock.milliseconds,
            logger: logger
        )
    }

    private static func planner(
        _ configuration: Configuration,
        _ source: ChannelSource,
        catalogue: CatalogueKeeper,
        store: Store,
        board: SelectionBoard?
    ) -> RoutePlanner {
        RoutePlanner(
            catalogue: catalogue,
            source: source,
            vendors: vendors,
            states: KeyStates(
                store: store,
                board: board,
                rule: configuration.breaker,
                now: WallClock.milliseconds
            ),
            limits: configuration.upstream
        )
    }

    private static func attachments(_ configuration: Configuration, store: Store) -> MediaServices {
        MediaServices(
            store: store,
            fetcher: GuardedFetcher(configuration.fetch),
            rules: configuration.files,
            vendor: OneMinAssets(),
            origin: configuration.oneMinOrigin,
            now: WallClock.seconds
        )
    }

    /// The channels of the settings, and those of the database as they come and go; prices come with them.
    private static func channels(
        _ configuration: Configuration,
        _ store: Store,
        vault: @escaping @Sendable () -> Vault?,
        logger: Logger
    ) -> (ChannelSource, ManagedPrices) {
        let (stored, prices) = (StoredChannels(vault: vault, logger: logger), ManagedPrices())
        let source = ChannelSource(directory(configuration)) {
            do {
                let (rows, keys, managed) = try store.read { tables throws(StoreError) in
                    (try tables.channels.all(), try tables.channels.keys(of: 0), try tables.prices.all())
                }
                prices.replace(by: managed)
                return directory(configuration, and: stored.channels(rows, keys: keys))
            } catch {
                logger.error(
                    "channels not read; the old ones stay",
                    metadata: ["reason": .string("\(error)")]
                )
                return nil
            }
        }
        return (source, prices)
    }

    /// The channels, with what the catalogue knows of their models.
    private static func directory(_ configuration: Configuration, and stored: [Channel] = [])
        -> ChannelDirectory
    {
        var channels = configuration.channels + stored
        // The catalogue is read where somebody needs it: it takes milliseconds and megabytes.
        if channels.contains(where: { !$0.models.isEmpty }) {
            let facts = BundledCatalogue.prices
            channels = channels.map(facts.completed)
        }
        return ChannelDirectory(channels, fallbacks: configuration.fallbacks, rules: configuration.models)
    }

    private static func board(_ configuration: Configuration, state: StateFolder) -> SelectionBoard? {
        SelectionBoard(
            path: state.path("run/selection"),
            affinity: configuration.affinity,
            now: WallClock.seconds
        )
    }

    /// Who speaks to which kind of channel.
    static let vendors = Vendors(
        [
            .onemin: OneMinAdapter(), .openai: OpenAIAdapter(), .azure: AzureAdapter(),
            .compatible: OpenAIAdapter(name: "The provider"), .anthropic: AnthropicAdapter(),
            .gemini: GeminiAdapter(),
        ],
        codeAdapter: OneMinCodeAdapter()
    )

    private static func results(
        _ configuration: Configuration,
        through fetcher: GuardedFetcher
    ) -> ResultFetcher {
        ResultFetcher(vendor: [configuration.oneMinOrigin, configuration.oneMinAssets]) {
            try fetcher.fetch($0, watching: $1)
        }
    }

    /// Finished files may lie anywhere: the vendor's own hosts are trusted, others are fetched with care.
    private static func resultFetcher(_ configuration: Configuration, state: StateFolder) -> GuardedFetcher {
        var rules = GuardedFetcher.Rules()
        rules.sizeLimit = 64 << 20
        rules.timeLimit = .seconds(120)
        return GuardedFetcher(rules, authorityFile: configuration.upstreamCertificates.map(state.path))
    }

    private static func front(
        _ gateway: Gateway,
        _ console: Console,
        _ configuration: Configuration,
        logger: Logger,
        log: LogQueue,
        drain: DrainSignal
    ) -> Front {
        let dialects = Dialects(now: WallClock.seconds)
        let router = Router(
            GatewayRoutes.table(gateway, dialects: dialects, version: Version.text)
                + ConsoleRoutes.table(console)
        )
        let line = RequestLine(level: LogLevel(rawValue: configuration.logLevel) ?? .info, queue: log)
        let pipeline = Pipeline(
            [
                RequestIdentity(), dialects, RequestLog(record: line.write),
                ErrorResponder(status: { dialects.status(of: $0, at: $1.path) }) { error, request, id in
                    Envelope.isSpoken(at: request.path)
                        ? Envelope.encode(error, request: id)
                        : dialects.encode(error, at: request.path, request: id)
                },
                CrossOrigin(origins: configuration.origins, except: Envelope.isSpoken),
            ],
            around: router.respond
        )
        return Front(
            pipeline: pipeline,
            prefix: configuration.server.prefix,
            trustedProxies: configuration.server.trustedProxies,
            logger: logger,
            drain: drain,
            userParameter: configuration.accounts.singleSignOnParameter
        )
    }

    private static func limits(
        _ settings: Configuration.Limits,
        limiter: RateLimiter,
        logger: Logger
    ) -> RequestLimits {
        let policy = RateLimitPolicy(limiter, onFailure: settings.isOpenOnFailure ? .open : .closed) {
            error in
            let effect = settings.isOpenOnFailure ? "requests pass unlimited" : "requests are refused"
            logger.error("the limits cannot be counted: \(effect)", metadata: ["reason": .string("\(error)")])
        }
        // Zero in the settings means no limit.
        func limit(_ number: Int) -> Int? { number > 0 ? number : nil }
        return RequestLimits(
            limiter: policy,
            rule: RateRule(
                requestsPerMinute: limit(settings.requestsPerMinute),
                tokensPerMinute: limit(settings.tokensPerMinute)
            ),
            failedAuthentications: limit(settings.failedAuthenticationPerMinute),
            countsKeys: settings.countsKeys,
            countsAddresses: settings.countsAddresses
        )
    }
}
