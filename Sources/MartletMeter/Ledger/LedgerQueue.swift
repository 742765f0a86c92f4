import Glibc
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

    /// What a step does to the number of requests that run.
    enum Place {
        case begins, ends, other
    }

    private struct State {
        var waiting: [Waiting] = []
        var running = 0
    }

    private let store: Store
    private let state = Guarded(State())
    private let turn = PlainLock()

    init(store: Store) {
        self.store = store
    }

    /// Does a step, in this thread's transaction or another's.
    ///
    /// - Throws: `StoreError` by cause; then the step has not been done.
    func run(_ place: Place = .other, _ step: @escaping Step) throws(StoreError) -> Outcome {
        let own = Waiting(step)
        let isAlone = state.withLock { state in
            if place == .ends { state.running -= 1 }
            state.waiting.append(own)
            return state.running <= 0 && state.waiting.count == 1
        }
        // Who else is about to come here gets the processor first, and shares the transaction.
        if !isAlone { sched_yield() }
        let outcome = try (own.outcome ?? carry(own)).get()
        if place == .begins, case .reservation(.reserved) = outcome { state.withLock { $0.running += 1 } }
        return outcome
    }

    private func carry(_ own: Waiting) -> Result<Outcome, StoreError> {
        turn.lock()
        defer { turn.unlock() }
        if own.outcome == nil { carry() }
        guard let outcome = own.outcome else { preconditionFailure("a transaction carries all that wait") }
        return outcome
    }

    private func carry() {
        let taken = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
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
