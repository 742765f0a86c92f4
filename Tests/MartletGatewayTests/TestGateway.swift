import Foundation
import HTTPTypes
import Logging
import MartletAccounts
import MartletCore
import MartletMeter
import MartletProviders
import MartletStore
import MartletTesting
import MartletUpstream
import MartletWeb
import Testing

@testable import MartletGateway

/// A relay in front of a scripted vendor, with limits in a folder of its own.
final class TestGateway {
    let upstream: ScriptedUpstream
    /// Accounts, keys and what they have spent.
    let store: Store
    private let folder: URL
    private let pipeline: Pipeline

    init(
        _ answers: [[ScriptedUpstream.Step]],
        rule: RateRule = RateRule(requestsPerMinute: 60, tokensPerMinute: 10_000),
        rules: ModelRules = ModelRules(),
        channels: [Channel] = [],
        fallbacks: [ModelName: [ModelName]] = [:],
        access: AccessRule = AccessRule()
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        upstream = ScriptedUpstream(answers)
        let catalogue = Self.catalogue(in: folder, rules: rules)
        let limiter = RateLimiter(store: WindowStore(folder: folder.path))
        let store = Store(path: folder.appending(path: "martlet.db").path)
        let presence = ProcessPresence(folder: folder.path)
        self.store = store
        let gateway = Gateway(
            catalogue: catalogue,
            planner: RoutePlanner(
                catalogue: catalogue,
                source: ChannelSource(
                    ChannelDirectory([Self.callersChannel] + channels, fallbacks: fallbacks)
                ),
                vendors: Vendors([.onemin: OneMinAdapter()], codeAdapter: OneMinCodeAdapter()),
                states: KeyStates(store: store, board: nil, now: { 1_700_000_000_000 }),
                limits: UpstreamLimits()
            ),
            limits: Self.limits(limiter, rule: rule),
            tokens: TokenCounters { Issue.record("\($0)") },
            upstream: upstream,
            archive: ResponseArchive(store: store, days: 30, now: { 1_700_000_000 }),
            heartbeat: .seconds(10),
            bodyLimit: 10_000,
            multipartLimit: 100_000,
            jobLimits: UpstreamLimits(),
            attachments: Self.attachments(in: store),
            media: OneMinJobs(assetOrigin: "https://asset.vendor.test"),
            results: Self.results,
            access: access,
            books: Self.books(in: store, presence: presence),
            replays: Self.replays(in: store, presence: presence),
            spoolFolder: folder.path,
            board: nil,
            now: { 1_700_000_000 },
            retries: RetryPolicy { _, _ in }
        )
        let dialects = Dialects(now: { 1_700_000_000 })
        let router = Router(GatewayRoutes.table(gateway, dialects: dialects, version: "test"))
        pipeline = Pipeline(
            [
                RequestIdentity(), dialects, RequestLog { _ in },
                ErrorResponder(status: { dialects.status(of: $0, at: $1.path) }) {
                    dialects.encode($0, at: $1.path, request: $2)
                },
            ],
            around: router.respond
        )
    }

    private static func replays(in store: Store, presence: ProcessPresence) -> Replays {
        Replays(
            store: store,
            holder: presence.name,
            isAlive: presence.isAlive,
            now: { 1_700_000_000 }
        )
    }

    private static func catalogue(in folder: URL, rules: ModelRules) -> CatalogueKeeper {
        CatalogueKeeper(
            file: StateFile(path: folder.appending(path: "catalogue.json").path),
            bundled: models,
            aliases: ModelAliases(
                renamed: ["old-name": "gpt-4o-mini"],
                retired: ["gone": "gpt-4o-mini"]
            ),
            rules: rules
        )
    }

    private static func books(in store: Store, presence: ProcessPresence) -> Books {
        Books(
            store: store,
            authenticator: Authenticator(store: store),
            ledger: QuotaLedger(store: store, presence: presence, now: { 1_700_000_000_000 }),
            prices: PriceTable(rules: [], unknown: .free) { { _, _ in nil } },
            usage: UsageQueue(store: store),
            assumedOutput: 100,
            now: { 1_700_000_000_000 },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static let callersChannel: Channel = {
        let origin = "https://vendor.test"
        var channel = Channel(name: "1min", kind: .onemin, address: origin, keys: [], models: [])
        channel.usesCallersKey = true
        return channel
    }()

    private static func limits(_ limiter: RateLimiter, rule: RateRule) -> RequestLimits {
        RequestLimits(
            limiter: RateLimitPolicy(limiter) { Issue.record("the limiter failed: \($0)") },
            rule: rule,
            failedAuthentications: 2,
            countsKeys: true,
            countsAddresses: false
        )
    }

    private static let results = ResultFetcher(vendor: ["https://vendor.test", "https://asset.vendor.test"]) {
        _,
        _ in throw FetchFailure.destinationRefused
    }

    private static func attachments(in store: Store) -> MediaServices {
        MediaServices(
            store: store,
            fetcher: GuardedFetcher(GuardedFetcher.Rules()),
            rules: FileRules(sizeLimit: 5_000, quota: 12_000, keptFor: 86_400),
            vendor: OneMinAssets(),
            origin: "https://vendor.test",
            now: { 1_700_000_000 }
        )
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static let models = ModelList(
        cards: [
            ModelCard(id: "gpt-4o-mini", maker: "openai", uses: [.chat]),
            ModelCard(id: "meta/llama:1", maker: "meta", uses: [.chat]),
            ModelCard(id: "seer", maker: "openai", uses: [.chat], readsImages: true),
            ModelCard(id: "coder", maker: "alibaba", uses: [.code]),
            ModelCard(id: "gpt-image-1", maker: "openai", uses: [.imageGeneration, .imageEditing]),
            ModelCard(id: "tts-1", maker: "openai", uses: [.speech]),
            ModelCard(id: "flux", maker: "black-forest-labs", uses: [.imageGeneration]),
            ModelCard(id: "clipdrop", maker: "clipdrop", uses: [.imageVariation]),
            ModelCard(id: "whisper-1", maker: "openai", uses: [.transcription, .translation]),
        ],
        fetched: 1_700_000_000
    )

    struct Answer {
        let writer: RecordingWriter
        let context: RequestContext
        var status: Int? { writer.head?.status.code }
        var json: JSON? { try? JSON.parse(writer.body) }
        var code: String? { json?["error"]?["code"]?.stringValue }
    }

    func ask(_ request: Request, writer: RecordingWriter = RecordingWriter()) -> Answer {
        let context = RequestContext(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        do {
            try pipeline.respond(to: request, in: context, writing: writer)
        } catch {
            Issue.record("thrown out of the pipeline: \(error)")
        }
        context.doWhatRemains()
        return Answer(writer: writer, context: context)
    }

    func chat(
        _ body: String = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}"#,
        fields: HTTPFields = [.authorization: "Bearer k1", .contentType: "application/json"],
        address: String = "192.0.2.1",
        writer: RecordingWriter = RecordingWriter()
    ) -> Answer {
        ask(
            Request(
                method: .post,
                path: "/v1/chat/completions",
                fields: fields,
                clientAddress: address,
                body: FixedBody(body)
            ),
            writer: writer
        )
    }
}
