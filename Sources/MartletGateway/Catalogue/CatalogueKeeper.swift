public import Logging
import MartletCore
public import MartletProviders
public import MartletStore
public import MartletUpstream
import Threading

/// Keeps the model catalogue fresh: one worker asks the vendor, the others read the file that it leaves behind.
///
/// ```
/// bundled list ──► last good copy on disk ──► live catalogue
/// ```
///
/// A vendor that cannot be reached costs nothing but freshness. Safe from any thread.
public final class CatalogueKeeper: Sendable {
    private struct State {
        var catalogue: ModelCatalogue
        var stamp: FileStamp?
        /// After a failure the vendor is left alone until then.
        var nextAttempt = ContinuousClock.now
        /// How long after the next failure.
        var pause = CatalogueKeeper.shortestPause
    }

    /// How old the copy on disk may grow before the vendor is asked again, in seconds.
    private static let freshFor = 3_600
    /// A machine that has just started may be a second away from its network, a vendor that is down an hour away.
    private static let shortestPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(60)
    private let file: StateFile
    private let bundled: ModelList
    private let aliases: ModelAliases
    private let rules: ModelRules
    private let state: Guarded<State>

    /// Starts with the copy on disk, or with the bundled list.
    public init(file: StateFile, bundled: ModelList, aliases: ModelAliases, rules: ModelRules) {
        self.file = file
        self.bundled = bundled
        self.aliases = aliases
        self.rules = rules
        let catalogue = ModelCatalogue(list: bundled, aliases: aliases, rules: rules)
        state = Guarded(State(catalogue: catalogue))
        reload()
    }

    /// The catalogue of this moment.
    public var catalogue: ModelCatalogue { state.withLock { $0.catalogue } }

    /// Reads the copy on disk again when it is another one than before.
    ///
    /// A damaged copy is passed over.
    public func reload() {
        let stamp = file.stamp()
        guard let stamp, stamp != state.withLock({ $0.stamp }) else { return }
        guard let list = file.read().flatMap(ModelList.init) else { return }
        let catalogue = ModelCatalogue(list: list, aliases: aliases, rules: rules)
        state.withLock {
            $0.catalogue = catalogue
            $0.stamp = stamp
        }
    }

    /// Asks the vendor when the copy on disk is old.
    ///
    /// One process at a time does so; the others go on.
    ///
    /// `origin` is the vendor's address, `now` the time in seconds since 1970.
    public func refresh(origin: String, through upstream: any Upstream, now: Int, logger: Logger) {
        reload()
        guard isDue(at: now) else { return }
        file.withLock {
            reload()  // another process may have been faster
            guard isDue(at: now) else { return }
            do {
                let list = try Self.survey(origin: origin, through: upstream, now: now)
                try file.replace(with: list.serialized())
                reload()
                state.withLock { $0.pause = Self.shortestPause }
                logger.info(
                    "model catalogue refreshed",
                    metadata: ["models": .stringConvertible(list.cards.count)]
                )
            } catch {
                state.withLock {
                    $0.nextAttempt = .now + $0.pause
                    $0.pause = min($0.pause * 2, Self.longestPause)
                }
                logger.warning("model catalogue not refreshed", metadata: ["reason": .string("\(error)")])
            }
        }
    }

    private func isDue(at now: Int) -> Bool {
        // A list from the future comes from a clock that was wrong: it is as good as old.
        let isOld = !(0..<Self.freshFor).contains(now - catalogue.fetched) || file.stamp() == nil
        return isOld && state.withLock { $0.nextAttempt <= .now }
    }

    /// Asks all questions.
    ///
    /// Only the one for chat models must be answered: the others may be missing for a while.
    private static func survey(origin: String, through upstream: any Upstream, now: Int) throws -> ModelList {
        var cards: [ModelCard] = []
        for question in OneMinModels.questions(origin: origin) {
            do {
                let body = try answer(to: question.request, through: upstream)
                guard let found = OneMinModels.cards(in: body, use: question.use), !found.isEmpty else {
                    throw UpstreamFailure(.serverFailed, text: "The catalogue is empty or not readable.")
                }
                cards += found
            } catch  where question.use != .chat {
                continue
            }
        }
        return OneMinModels.merge(cards, fetched: now)
    }

    private static func answer(to request: UpstreamRequest, through upstream: any Upstream) throws -> [UInt8]
    {
        let limits = UpstreamLimits(firstByte: .seconds(10), idle: .seconds(10), total: .seconds(20))
        var body: [UInt8] = []
        try upstream.send(request, limits: limits, watching: NoClient()) { piece in
            switch piece {
            case .head(let status, _):
                guard (200...299).contains(status) else {
                    throw UpstreamFailure(.serverFailed, status: status)
                }
            case .body(let bytes):
                body += bytes
                guard body.count <= 16 << 20 else { throw UpstreamFailure(.serverFailed) }
            }
        }
        return body
    }
}
