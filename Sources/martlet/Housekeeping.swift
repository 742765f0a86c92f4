import Logging
import MartletGateway
import MartletMeter
import MartletStore
import MartletUpstream
import Threading

/// What is done again and again, beside the requests.
struct Housekeeping: Sendable {
    /// How much free memory a process may hold, in bytes.
    private static let tolerableWaste = 2 << 20
    let limiter: RateLimiter
    let store: Store
    let catalogue: CatalogueKeeper
    let oneMinOrigin: String
    let upstream: CurlUpstream
    let attachments: MediaServices
    let results: GuardedFetcher
    let logger: Logger

    /// Everything with its interval, for a process that stays: rounds that go on side by side.
    ///
    /// What asks other machines may take minutes, and must not hold up what takes moments.
    var rounds: [[Ticker.Job]] {
        [
            [
                Ticker.Job(every: .seconds(1), run: tidyWindows),
                Ticker.Job(every: .seconds(5), run: tidyStore),
                Ticker.Job(every: .seconds(5), run: upstream.trim),
                Ticker.Job(every: .seconds(5), run: attachments.trim),
                Ticker.Job(every: .seconds(5), run: results.trim),
                Ticker.Job(every: .seconds(10), run: { Allocator.giveBack(above: Self.tolerableWaste) }),
            ],
            [Ticker.Job(every: .seconds(1), run: refreshCatalogue)],
        ]
    }

    /// Everything once, for a process that answers one request: a plain CGI program has no housekeeper.
    func runOnce() {
        tidyWindows()
        tidyStore()
        refreshCatalogue()
    }

    private func tidyWindows() {
        do {
            try limiter.housekeep()
        } catch {
            logger.debug("windows not tidied", metadata: ["reason": .string("\(error)")])
        }
    }

    private func tidyStore() {
        do {
            _ = try store.housekeep(now: WallClock.seconds())
        } catch {
            logger.warning("database not tidied", metadata: ["reason": .string("\(error)")])
        }
    }

    private func refreshCatalogue() {
        catalogue.refresh(origin: oneMinOrigin, through: upstream, now: WallClock.seconds(), logger: logger)
    }
}
