import Glibc

/// A closed gate in front of one thread, which another thread opens once.
///
/// Safe from any thread.
public final class Gate: Sendable {
    // An address instead of a pointer, because pointers are not Sendable.
    private let address: UInt

    /// Makes a closed gate.
    public init() {
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
        address = UInt(bitPattern: semaphore)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Waits until the gate is open.
    public func wait() {
        while sem_wait(semaphore) != 0, errno == EINTR {}
    }

    /// Opens the gate.
    public func open() {
        sem_post(semaphore)
    }

    private var semaphore: UnsafeMutablePointer<sem_t> {
        guard let semaphore = UnsafeMutablePointer<sem_t>(bitPattern: address) else {
            preconditionFailure("the semaphore was allocated by init")
        }
        return semaphore
    }
}
