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
    /// How long rows of usage may wait, in milliseconds: the sums are written once for all that have come.
    private static let journalAge = 400
    let limiter: RateLimiter
    let store: Store
    let catalogue: CatalogueKeeper
    let oneMinOrigin: String
    let upstream: CurlUpstream
    let attachments: MediaServices
    let results: GuardedFetcher
    let books: Books
    let logger: Logger

    /// What is written down of requests.
    struct Books: Sendable {
        let ledger: QuotaLedger
        let usage: UsageQueue
        /// How long the row of a request is kept, in seconds.
        let keptFor: Int

        init(_ books: MartletGateway.Books, keptFor: Int) {
            (ledger, usage) = (books.ledger, books.usage)
            self.keptFor = keptFor
        }
    }

    /// Everything with its interval, for a process that stays: rounds that go on side by side.
    ///
    /// What asks other machines may take minutes, and must not hold up what takes moments.
    var rounds: [[Ticker.Job]] {
        [
            [
                Ticker.Job(every: .seconds(1), run: tidyWindows),
                Ticker.Job(every: .milliseconds(200), run: { writeUsage(olderThan: Self.journalAge) }),
                Ticker.Job(every: .seconds(5), run: settleOrphans),
                Ticker.Job(every: .seconds(1), run: tidyStore),
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
        writeUsage()
        settleOrphans()
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

    /// Writes the rows of callers whose money is not counted, and brings everybody's to where they are looked up.
    ///
    /// Often: requests wait for what is written at once, and it grows with the time between.
    ///
    /// - Parameter age: how long a row may wait, in milliseconds.
    func writeUsage(olderThan age: Int = 0) {
        do {
            try books.usage.write()
            _ = try store.gatherUsageUnlessBusy(now: WallClock.milliseconds(), age: age)
        } catch {
            logger.error("usage not written", metadata: ["reason": .string("\(error)")])
        }
    }

    private func settleOrphans() {
        do {
            let count = try books.ledger.recover()
            guard count > 0 else { return }
            logger.warning(
                "charged what a process had reserved that is no more",
                metadata: ["requests": .stringConvertible(count)]
            )
        } catch {
            logger.warning("reservations not settled", metadata: ["reason": .string("\(error)")])
        }
    }

    private func tidyStore() {
        do {
            let now = WallClock.seconds()
            _ = try store.housekeep(now: now, keepingUsageSince: (now - books.keptFor) * 1_000)
        } catch {
            logger.warning("database not tidied", metadata: ["reason": .string("\(error)")])
        }
    }

    private func refreshCatalogue() {
        catalogue.refresh(origin: oneMinOrigin, through: upstream, now: WallClock.seconds(), logger: logger)
    }
}
