public import MartletAccounts
public import MartletCore
public import MartletMeter
public import MartletProviders
import MartletStore
public import MartletUpstream
import MartletWeb

/// What the relay's endpoints work with.
///
/// Made once, in `Composition`; safe from any thread. A class, for every request holds it: a copy is two kilobytes.
public final class Gateway: Sendable {
    /// Decides where requests go.
    public let planner: RoutePlanner
    let catalogue: CatalogueKeeper
    let limits: RequestLimits
    let tokens: TokenCounters
    let turns: Turns
    let archive: ResponseArchive
    let relay: Relay
    let largeBodies = LargeBodies()
    /// Where long bodies go until they have been sent on.
    let spoolFolder: String
    let access: AccessRule
    /// Whose keys there are, and what they spend.
    let books: Books
    /// Answers that are given again.
    let replays: Replays
    /// What the processes tell each other; nil where there is no shared memory.
    let board: SelectionBoard?
    /// The time in seconds since 1970.
    let now: @Sendable () -> Int
    let heartbeat: Duration
    let bodyLimit: Int
    let multipartLimit: Int
    let jobLimits: UpstreamLimits
    let upstream: any Upstream
    let attachments: MediaServices
    let media: any MediaAdapter
    let results: ResultFetcher
    let retries: RetryPolicy

    /// Puts the parts together.
    ///
    /// `heartbeat` is the longest silence of a stream, `bodyLimit` the largest JSON body in bytes, `multipartLimit` the
    /// largest form; `jobLimits` hold for images and audio, which may take minutes.
    public init(
        catalogue: CatalogueKeeper,
        planner: RoutePlanner,
        limits: RequestLimits,
        tokens: TokenCounters,
        upstream: any Upstream,
        archive: ResponseArchive,
        heartbeat: Duration,
        bodyLimit: Int,
        multipartLimit: Int,
        jobLimits: UpstreamLimits,
        attachments: MediaServices,
        media: any MediaAdapter,
        results: ResultFetcher,
        access: AccessRule,
        books: Books,
        replays: Replays,
        spoolFolder: String,
        board: SelectionBoard?,
        now: @escaping @Sendable () -> Int,
        retries: RetryPolicy = RetryPolicy()
    ) {
        self.catalogue = catalogue
        self.planner = planner
        self.limits = limits
        self.tokens = tokens
        self.heartbeat = heartbeat
        self.bodyLimit = bodyLimit
        self.multipartLimit = multipartLimit
        self.jobLimits = jobLimits
        self.archive = archive
        self.media = media
        self.results = results
        self.upstream = upstream
        self.retries = retries
        turns = Turns(
            dispatcher: Dispatcher(
                upstream: upstream,
                attachments: attachments,
                retries: retries
            ),
            catalogue: catalogue,
            tokens: tokens
        )
        relay = Relay(turns: turns, limits: limits)
        self.access = access
        self.books = books
        self.replays = replays
        self.spoolFolder = spoolFolder
        self.board = board
        self.now = now
        self.attachments = attachments
    }

    /// The names of the models that clients may ask for, as of now.
    public var modelNames: [String] {
        // Where the database cannot be read, the channels of the last request have to do.
        if let revision = try? books.channelRevision() { planner.source.see(revision) }
        return planner.modelNames
    }

    /// What models cost, each at the channel that has it first; nil for what nobody knows.
    public func prices(of names: [ModelName]) -> [ModelPrice?] {
        let directory = planner.directory
        let catalogued = directory.channels.first(where: \.kind.hasCatalogue)?.name
        return books.prices.prices(
            at: names.map { name in
                let offer = directory.offers(of: name).first
                return PriceTable.Place(
                    model: name,
                    upstream: offer?.model.upstreamName ?? name,
                    channel: offer?.channel.name ?? catalogued ?? ""
                )
            }
        )
    }

    /// Finds out who asks, and tells the log.
    ///
    /// - Throws: `GatewayError` of kind `missingKey`, `invalidKey`, `forbidden` or `unavailable`.
    func caller(of request: Request, in context: RequestContext) throws(GatewayError) -> (Caller, key: Secret)
    {
        let key = try ClientKey.find(in: request.fields)
        let hash = KeyHash(key)
        let address = ClientAddress.limitSubject(request.clientAddress)
        context.facts.caller = hash.short
        do {
            let look = try books.authenticator.look(at: key, hash: hash, now: now())
            planner.source.see(look.channelRevision)
            let standing = look.standing
            if let standing { try Self.check(standing, from: request.clientAddress) }
            return (Caller(hash: hash, address: address, access: access, standing: standing), key)
        } catch {
            if error.kind == .invalidKey {
                let stranger = Caller(hash: hash, address: address, access: AccessRule(), standing: nil)
                try limits.refuseAfterFailures(of: stranger)
            }
            throw error
        }
    }

    private static func check(_ standing: KeyStanding, from address: String) throws(GatewayError) {
        let networks = standing.limits.networks
        guard !networks.isEmpty, !networks.contains(where: { AddressRange($0)?.contains(address) ?? false })
        else { return }
        throw GatewayError(
            .forbidden,
            "This API key may not be used from this address.",
            code: "address_not_allowed"
        )
    }
}
