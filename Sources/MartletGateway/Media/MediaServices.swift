import Logging
import MartletAccounts
import MartletCore
public import MartletProviders
public import MartletStore
public import MartletUpstream

/// What becomes of files: those in requests, those at addresses, those that clients have uploaded.
///
/// Safe from any thread.
public struct MediaServices: Sendable {
    /// What one request fetches from addresses at most, in bytes together.
    private static let mostFetched = 64 << 20
    let inspector = MediaInspector()
    let library: AssetLibrary
    let files: FileShelf
    private let fetcher: GuardedFetcher

    /// - Parameters:
    ///   - store: where assets and files are remembered; nil remembers nothing and takes no files.
    ///   - fetcher: fetches what clients name by address.
    ///   - rules: what clients may keep here.
    ///   - vendor: takes the files of clients.
    ///   - origin: the vendor's address.
    ///   - now: the time in seconds since 1970.
    public init(
        store: Store?,
        fetcher: GuardedFetcher,
        rules: FileRules = FileRules(),
        vendor: any AssetAdapter,
        origin: String,
        now: @escaping @Sendable () -> Int
    ) {
        self.fetcher = fetcher
        library = AssetLibrary(store: store, now: now)
        files = FileShelf(store: store, rules: rules, vendor: vendor, origin: origin, now: now)
    }

    /// Fetches what a request names by address or id, and lets the vendor's adapter prepare the request.
    ///
    /// - Throws: `GatewayError`, `UpstreamFailure`, `ClientGone`.
    func prepare(
        _ request: ChatRequest,
        at target: Target,
        calling caller: WholeAnswers,
        watching client: any ClientLink,
        logger: Logger
    ) throws -> ChatRequest {
        guard request.messages.contains(where: \.hasMedia) else { return request }
        var request = request
        var fetching = Fetching()
        for turn in request.messages.indices {
            for place in request.messages[turn].parts.indices {
                guard case .media(var media) = request.messages[turn].parts[place], media.asset == nil,
                    media.content == nil
                else { continue }
                switch media.source {
                case .url where target.adapter.takesAddress(of: media): continue
                case .url(let address):
                    _ = try caller.remainingLimits()
                    let bytes = try fetch(address, for: media, fetching: &fetching, watching: client)
                    media.content = try inspector.content(of: media, bytes: bytes)
                case .file(let id):
                    try files.fill(&media, from: id, owner: KeyHash(target.endpoint.key))
                case .base64, .bytes:
                    continue
                }
                try inspector.check(media, for: target.card)
                request.messages[turn].parts[place] = .media(media)
            }
        }
        let keeper = RequestAssets(library: library, caller: caller, logger: logger)
        return try target.adapter.prepare(request, at: target.endpoint, keeping: keeper)
    }

    /// The request with the files uploaded anew that were known from before, for a vendor that refuses it: it may have
    /// let go of them.
    ///
    /// - Returns: the request to prepare again; nil when it names no file that was known.
    func forgetting(_ request: ChatRequest, at target: Target, logger: Logger) -> ChatRequest? {
        var request = request
        var hasForgotten = false
        for turn in request.messages.indices {
            for place in request.messages[turn].parts.indices {
                guard case .media(var media) = request.messages[turn].parts[place],
                    media.asset?.isRemembered == true, let content = media.content
                else { continue }
                library.forget(content, at: target.endpoint, logger: logger)
                media.asset = nil
                request.messages[turn].parts[place] = .media(media)
                hasForgotten = true
            }
        }
        return hasForgotten ? request : nil
    }

    /// Closes connections that have been idle for too long; for the housekeeper.
    public func trim() {
        fetcher.trim()
    }

    /// What one request has fetched so far.
    private struct Fetching {
        var known: [String: MediaBytes] = [:]
        var size = 0
    }

    private func fetch(
        _ address: String,
        for media: Media,
        fetching: inout Fetching,
        watching client: any ClientLink
    ) throws -> MediaBytes {
        if let known = fetching.known[address] { return known }
        do {
            let bytes = MediaBytes(try fetcher.fetch(address, watching: client))
            fetching.size += bytes.count
            guard fetching.size <= Self.mostFetched else { throw FetchFailure.tooLarge }
            fetching.known[address] = bytes
            return bytes
        } catch let failure as FetchFailure {
            throw MediaInspector.error(
                media,
                failure.problem,
                code: media.kind == .image ? "invalid_image_url" : "invalid_file_url"
            )
        }
    }
}

/// Keeps the assets of one request.
private struct RequestAssets: AssetKeeper {
    let library: AssetLibrary
    let caller: any UpstreamCaller
    let logger: Logger

    func asset(
        of content: MediaContent,
        through adapter: any AssetAdapter,
        at endpoint: Endpoint
    ) throws -> Asset {
        try library.asset(of: content, through: adapter, at: endpoint, calling: caller, logger: logger)
    }
}

extension Message {
    /// Whether anything but text and tools is in it.
    fileprivate var hasMedia: Bool {
        parts.contains { if case .media = $0 { true } else { false } }
    }
}

extension FetchFailure {
    /// What the client reads behind the place of the address; nothing about where it leads.
    fileprivate var problem: String {
        switch self {
        case .malformed: "is no address that can be fetched."
        case .plainHTTP: "must be an https address or a data URI."
        case .destinationRefused: "leads to an address that is not public; only public ones are fetched."
        case .unreachable: "cannot be fetched: nobody answers there, or not securely."
        case .timedOut: "cannot be fetched: it took too long."
        case .tooLarge: "is too large to be fetched."
        case .status(let status): "cannot be fetched: the answer there has status \(status)."
        case .redirect: "cannot be fetched: it leads on too often, or to where it may not."
        }
    }
}
