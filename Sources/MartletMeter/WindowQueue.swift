import Glibc
import MartletCore
import MartletStore
import Synchronization
import Threading

/// Lets the threads of a process share transactions: whoever gets the turn carries what all the others wait for.
///
/// SQLite's locks and pages cost more than a decision, and only one process may write at a time, so a busy process
/// writes once for many requests. Corrections wait for such company while other admissions are open in this process;
/// the last one out writes what is left.
///
/// Safe from any thread.
final class WindowQueue: Sendable {
    private struct State {
        var admissions: [WaitingAdmission] = []
        var corrections: [WindowCorrection] = []
        var openAdmissions = 0
    }

    private let store: WindowStore
    private let clock: any Clock
    private let state = Guarded(State())
    private let turn = PlainLock()

    init(store: WindowStore, clock: any Clock) {
        self.store = store
        self.clock = clock
    }

    /// Decides on a request, in this thread's transaction or another's.
    ///
    /// - Throws: `StoreError` when nothing can be counted.
    func admit(_ wish: AdmissionWish) throws(StoreError) -> Admission {
        let waiting = WaitingAdmission(wish)
        let isAlone = state.withLock { state in
            state.admissions.append(waiting)
            return state.openAdmissions <= 0 && state.admissions.count == 1
        }
        // Who else is about to come here gets the processor first, and shares the transaction.
        if !isAlone { sched_yield() }
        let admission = try (waiting.outcome ?? carry(waiting)).get()
        if admission.isCounted { state.withLock { $0.openAdmissions += 1 } }
        return admission
    }

    private func carry(_ waiting: WaitingAdmission) -> Result<Admission, StoreError> {
        turn.lock()
        defer { turn.unlock() }
        if waiting.outcome == nil { carry() }
        guard let outcome = waiting.outcome else {
            preconditionFailure("a transaction carries all that wait")
        }
        return outcome
    }

    /// Ends an admission; the correction, if any, is written now or with what comes next.
    ///
    /// - Throws: `StoreError` when it was tried and cannot be written.
    func close(_ receipt: AdmissionReceipt, with correction: WindowCorrection?) throws(StoreError) {
        guard !receipt.places.isEmpty else { return }
        let isLast = state.withLock { state in
            state.openAdmissions -= 1
            if let correction { state.corrections.append(correction) }
            return state.openAdmissions <= 0 && !state.corrections.isEmpty
        }
        if isLast { try flush() }
    }

    /// Writes the corrections that wait.
    ///
    /// - Throws: `StoreError` when they cannot be written; they are lost then, and the estimates stay.
    func flush() throws(StoreError) {
        guard state.withLock({ !$0.corrections.isEmpty }) else { return }
        turn.lock()
        defer { turn.unlock() }
        if let failure = carry() { throw failure }
    }

    /// One transaction for everything that waits, and what comes while it waits for other processes.
    @discardableResult
    private func carry() -> StoreError? {
        var taken: [WaitingAdmission] = []
        do throws(StoreError) {
            var admissions: [Admission] = []
            try store.write { table throws(StoreError) in
                let (waiting, corrections) = take()
                taken = waiting
                var batch = WindowBatch(table, expecting: 3 * waiting.count + 2 * corrections.count)
                for correction in corrections { try batch.correct(correction) }
                for one in waiting {
                    // Read inside the transaction: whoever comes later in the order of transactions is later in time.
                    admissions.append(try batch.admit(one.wish, at: clock.now))
                }
                try batch.write()
            }
            for (one, admission) in zip(taken, admissions) { one.settle(.success(admission)) }
            return nil
        } catch {
            // Those who came meanwhile would only wait as long again.
            for one in taken + take().admissions { one.settle(.failure(error)) }
            return error
        }
    }

    private func take() -> (admissions: [WaitingAdmission], corrections: [WindowCorrection]) {
        state.withLock { state in
            defer { (state.admissions, state.corrections) = ([], []) }
            return (state.admissions, state.corrections)
        }
    }
}

/// A wish and its answer, which the thread that carries it leaves for the one that waits.
private final class WaitingAdmission: Sendable {
    let wish: AdmissionWish
    private let answer = Mutex<Result<Admission, StoreError>?>(nil)

    init(_ wish: AdmissionWish) {
        self.wish = wish
    }

    var outcome: Result<Admission, StoreError>? { answer.withLock { $0 } }

    func settle(_ outcome: Result<Admission, StoreError>) {
        answer.withLock { $0 = outcome }
    }
}

extension Admission {
    fileprivate var isCounted: Bool {
        if case .admitted(let receipt, _) = self { return !receipt.places.isEmpty }
        return false
    }
}
