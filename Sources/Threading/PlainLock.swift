import Glibc

/// A lock that threads hold for a while: over a database transaction, say.
///
/// The standard library's `Mutex` hands the lock to the thread that waits longest (`FUTEX_LOCK_PI`), which makes
/// every acquisition under contention a change of threads. An ordinary pthread mutex lets whoever runs take it.
///
/// Safe from any thread; unlock it on the thread that locked it.
public final class PlainLock: Sendable {
    private let address: UInt

    /// Makes an open lock.
    public init() {
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        address = UInt(bitPattern: mutex)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Waits until the lock is free, and takes it.
    public func lock() {
        pthread_mutex_lock(mutex)
    }

    /// Lets the next one in.
    public func unlock() {
        pthread_mutex_unlock(mutex)
    }

    private var mutex: UnsafeMutablePointer<pthread_mutex_t> {
        guard let mutex = UnsafeMutablePointer<pthread_mutex_t>(bitPattern: address) else {
            preconditionFailure("the mutex was allocated by init")
        }
        return mutex
    }
}
