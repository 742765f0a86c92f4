import Glibc

/// A POSIX thread with a name and a stack size of our choice.
///
/// Martlet carries one request on one thread from accept to finish, so threads are plentiful (hundreds) and
/// their stacks small. Swift's own concurrency is not used: its pool must never block, and everything here
/// does.
///
/// - Note: every thread starts with all signals blocked, because a signal interrupts libfcgi's writes.
public struct WorkerThread: Sendable {
    private let handle: pthread_t

    /// Starts a thread that runs `body` and ends.
    ///
    /// - Parameters:
    ///   - name: shown by `ps -T` and debuggers; the kernel keeps 15 bytes.
    ///   - stackSize: in bytes; only the pages that are touched cost memory.
    ///   - isDetached: whether the system takes the thread back at its end; it must not be joined then.
    ///   - body: what to run.
    /// - Throws: `ThreadError` when the system has no thread to give.
    public init(
        name: String,
        stackSize: Int = 512 * 1024,
        isDetached: Bool = false,
        body: @escaping @Sendable () -> Void
    ) throws(ThreadError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        if isDetached { pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED)) }

        var everything = sigset_t()
        var previous = sigset_t()
        sigfillset(&everything)
        // A thread inherits the mask of its creator: block, create, restore.
        pthread_sigmask(SIG_BLOCK, &everything, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }

        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        let status = pthread_create(&handle, &attributes, runStart, start.toOpaque())
        guard status == 0 else {
            start.release()
            throw ThreadError(code: status)
        }
        self.handle = handle
    }

    /// Waits for the thread's end.
    ///
    /// Call it once, from one thread.
    public func join() {
        pthread_join(handle, nil)
    }

    /// Sends a signal to the thread.
    ///
    /// Not after `join`. It waits until the thread unblocks it.
    public func signal(_ number: CInt) {
        pthread_kill(handle, number)
    }
}

/// Why a thread could not be started: an `errno` value of `pthread_create`.
public struct ThreadError: Error, Equatable {
    /// The `errno` value.
    public let code: CInt

    /// Wraps an `errno` value.
    public init(code: CInt) {
        self.code = code
    }
}

/// What travels through `pthread_create`'s untyped argument.
private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runStart(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    setThreadName(start.name)
    start.body()
    return nil
}

/// `pthread_setname_np` is a GNU extension that Swift's Glibc module does not show; the kernel's file does
/// the same.
private func setThreadName(_ name: String) {
    let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    let bytes = Array(name.utf8.prefix(15))
    _ = write(descriptor, bytes, bytes.count)
    close(descriptor)
}
