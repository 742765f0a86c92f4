import Glibc

/// Lets one thread wait for another; also a descriptor that becomes readable when it opens.
struct Gate: Sendable {
    let descriptor: CInt
    private let opener: CInt

    init() {
        var ends: [CInt] = [-1, -1]
        _ = pipe(&ends)
        descriptor = ends[0]
        opener = ends[1]
    }

    /// Opens it for good.
    func open() {
        _ = write(opener, "o", 1)
    }

    /// Hangs up instead: nothing will ever be written.
    func hangUp() {
        close(opener)
    }

    /// Blocks until it is open.
    ///
    /// - Returns: false when it stayed closed for ten seconds: something is broken.
    @discardableResult
    func wait() -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 10_000) > 0
    }
}
