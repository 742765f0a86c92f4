import Synchronization

/// A value that many threads use, one at a time.
///
/// The standard library's `Mutex` spins for tens of microseconds when it is taken, and hands the lock to the thread
/// that has waited longest, asleep or not (`FUTEX_LOCK_PI`): with more threads than processors, whoever comes
/// meanwhile spins in vain, and the queue does not dissolve. Here a plain lock stands in front, so that the mutex
/// itself is never contended.
///
/// Safe from any thread.
public final class Guarded<Value>: Sendable {
    private let lock = PlainLock()
    private let value: Mutex<Value>

    /// Guards a value.
    public init(_ initial: consuming sending Value) {
        value = Mutex(initial)
    }

    /// Runs `body` with the value, alone.
    ///
    /// - Throws: what `body` throws.
    public func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        lock.lock()
        defer { lock.unlock() }
        return try value.withLock(body)
    }
}
