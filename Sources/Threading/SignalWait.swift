import Glibc

/// Signals as a program with threads should have them: blocked everywhere, waited for in one place.
///
/// Call `block` first thing in `main`, before any thread exists; every thread inherits the mask.
public struct SignalWait: Sendable {
    private let signals: [CInt]

    /// Blocks `signals` in the calling thread and in every thread that it will start.
    public init(blocking signals: [CInt]) {
        self.signals = signals
        var set = Self.set(of: signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Sleeps until one of the signals arrives, and returns its number.
    public func next() -> CInt {
        var set = Self.set(of: signals)
        var signal: CInt = 0
        while sigwait(&set, &signal) != 0 {}
        return signal
    }

    /// Waits at most `timeout` for one of the signals; nil when none came.
    public func next(within timeout: Duration) -> CInt? {
        var set = Self.set(of: signals)
        let (seconds, attoseconds) = timeout.components
        var limit = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        let signal = sigtimedwait(&set, nil, &limit)
        return signal > 0 ? signal : nil
    }

    private static func set(of signals: [CInt]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
