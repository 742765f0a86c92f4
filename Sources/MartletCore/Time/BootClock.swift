import Glibc

/// The kernel's `CLOCK_BOOTTIME`: the same in every process, never set back, not stopped by a suspend.
public struct BootClock: Clock {
    /// Makes the clock; all of them tell the same time.
    public init() {}

    /// The present moment.
    public var now: Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
