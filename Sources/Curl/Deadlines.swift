/// The instants at which a transfer has taken too long.
///
/// The connect limit is not among them: libcurl keeps it to the millisecond, also when it connects a second
/// time because a kept connection turned out to be closed.
struct Deadlines {
    private let limits: TimeLimits
    private let total: ContinuousClock.Instant
    private var progress: ContinuousClock.Instant
    private var hasHead = false

    init(_ limits: TimeLimits, from start: ContinuousClock.Instant) {
        self.limits = limits
        total = start + limits.total
        progress = start + limits.firstByte
    }

    /// The earlier of the two instants that count now.
    var next: ContinuousClock.Instant { min(total, progress) }

    /// Something was sent or received: the silence is measured from `now`.
    mutating func advance(hasHead: Bool, now: ContinuousClock.Instant) {
        self.hasHead = hasHead
        progress = now + (hasHead ? limits.idle : limits.firstByte)
    }

    /// - Throws: `totalTimeout`, `firstByteTimeout` or `idleTimeout`.
    func check(_ now: ContinuousClock.Instant) throws(TransferError) {
        if now >= total { throw .totalTimeout }
        if now >= progress { throw hasHead ? .idleTimeout : .firstByteTimeout }
    }
}
