import MartletCore
import MartletStore

/// The windows that one transaction reads, decides on and writes back.
///
/// Belongs to its transaction.
struct WindowBatch {
    private let table: WindowTable
    private var windows: [LimitWindow] = []
    private var places: [LimitSubject: Int] = [:]

    /// Begins without any window; `subjects` is how many there will be, about.
    init(_ table: WindowTable, expecting subjects: Int = 4) {
        self.table = table
        windows.reserveCapacity(subjects)
        places.reserveCapacity(subjects)
    }

    /// Decides on one request, and counts it for all of its subjects or for none.
    ///
    /// - Throws: `StoreError` by cause.
    mutating func admit(_ wish: AdmissionWish, at time: Instant) throws(StoreError) -> Admission {
        var subjects: [(place: Int, now: Instant)] = []
        for demand in wish.demands {
            let place = try place(of: demand.subject)
            subjects.append((place, windows[place].advance(to: time)))
        }
        let tokens = wish.tokens.value
        var obstacle: LimitObstacle?
        for (demand, subject) in zip(wish.demands, subjects) {
            let found = windows[subject.place].obstacle(
                of: demand.rule,
                requests: wish.requests,
                tokens: tokens,
                at: subject.now
            )
            if let found { obstacle = max(obstacle ?? found, found) }
        }
        var counted: [AdmissionReceipt.Place] = []
        var states: [LimitState] = []
        for (demand, subject) in zip(wish.demands, subjects) where !demand.isOnlyChecked {
            var now = subject.now
            if obstacle == nil, wish.counts {
                now = windows[subject.place].count(requests: wish.requests, tokens: tokens, at: now)
                counted.append(AdmissionReceipt.Place(subject: demand.subject, time: now))
            }
            states += windows[subject.place].states(of: demand.rule, at: now)
        }
        if let obstacle { return obstacle.refusal(states: states) }
        return .admitted(AdmissionReceipt(tokens: wish.tokens, places: counted), states)
    }

    /// Puts the real number of tokens in the place of an estimate.
    ///
    /// - Throws: `StoreError` by cause.
    mutating func correct(_ correction: WindowCorrection) throws(StoreError) {
        for counted in correction.receipt.places {
            windows[try place(of: counted.subject)].correct(at: counted.time, by: correction.difference)
        }
    }

    /// Writes back what has changed.
    ///
    /// - Throws: `StoreError` by cause.
    func write() throws(StoreError) {
        for window in windows where window.isChanged { try table.put(window.row, for: window.name) }
    }

    private mutating func place(of subject: LimitSubject) throws(StoreError) -> Int {
        if let known = places[subject] { return known }
        let name = subject.name
        windows.append(try LimitWindow(subject, named: name, try table.row(of: name)))
        places[subject] = windows.count - 1
        return windows.count - 1
    }
}

extension LimitObstacle {
    /// The answer to a request that it stands against.
    fileprivate func refusal(states: [LimitState]) -> Admission {
        let refusal = LimitRefusal(
            subject: subject,
            unit: unit,
            limit: limit,
            used: used,
            requested: requested,
            states: states
        )
        guard let wait else { return .neverFits(refusal) }
        return .refused(refusal, retryAfter: wait.roundedUpToMilliseconds)
    }
}

extension Duration {
    fileprivate var roundedUpToMilliseconds: Duration {
        let (seconds, attoseconds) = components
        let unit: Int64 = 1_000_000_000_000_000
        return .seconds(seconds) + .milliseconds((attoseconds + unit - 1) / unit)
    }
}
