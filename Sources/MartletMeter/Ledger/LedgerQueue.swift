import MartletStore
import Synchronization
import Threading

/// Lets the threads of a process share transactions of the books: whoever gets the turn carries what all the others wait
/// for.
///
/// What many requests change are the same few pages: of an account, a key and the sums of this minute. Written once for
/// all, they cost as much as for one. Safe from any thread.
final class LedgerQueue: Sendable {
    /// What is done in a transaction.
    typealias Step = @Sendable (StoreTables) throws(StoreError) -> Outcome

    /// What comes of it.
    enum Outcome: Sendable {
        case reservation(ReservationOutcome)
        /// Whether anything was booked.
        case booked(Bool)
    }

    private let store: Store
    private let waiting = Guarded<[Waiting]>([])
    private let turn = PlainLock()

    init(store: Store) {
        self.store = store
    }

    /// Does a step, in this thread's transaction or another's.
    ///
    /// - Throws: `StoreError` by cause; then the step has not been done.
    func run(_ step: @escaping Step) throws(StoreError) -> Outcome {
        let own = Waiting(step)
        waiting.withLock { $0.append(own) }
        turn.lock()
        defer { turn.unlock() }
        if own.outcome == nil { carry() }
        guard let outcome = own.outcome else { preconditionFailure("a transaction carries all that wait") }
        return try outcome.get()
    }

    private func carry() {
        let taken = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        do throws(StoreError) {
            let outcomes = try store.write { tables throws(StoreError) in
                var outcomes: [Outcome] = []
                for one in taken { outcomes.append(try one.step(tables)) }
                return outcomes
            }
            for (one, outcome) in zip(taken, outcomes) { one.settle(.success(outcome)) }
        } catch {
            // What is wrong with one must not be the fault of all; what is wrong with the file is.
            guard case .failed = error, taken.count > 1 else {
                for one in taken { one.settle(.failure(error)) }
                return
            }
            for one in taken { alone(one) }
        }
    }

    private func alone(_ one: Waiting) {
        do throws(StoreError) {
            one.settle(
                .success(
                    try store.write { tables throws(StoreError) in try one.step(tables) }
                )
            )
        } catch {
            one.settle(.failure(error))
        }
    }
}

/// A step and its outcome, which the thread that carries it leaves for the one that waits.
private final class Waiting: Sendable {
    let step: LedgerQueue.Step
    private let answer = Mutex<Result<LedgerQueue.Outcome, StoreError>?>(nil)

    init(_ step: @escaping LedgerQueue.Step) {
        self.step = step
    }

    var outcome: Result<LedgerQueue.Outcome, StoreError>? { answer.withLock { $0 } }

    func settle(_ outcome: Result<LedgerQueue.Outcome, StoreError>) {
        answer.withLock { $0 = outcome }
    }
}
