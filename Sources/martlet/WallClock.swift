import Glibc

/// The time of day.
enum WallClock {
    /// Seconds since 1970.
    static func seconds() -> Int { time(nil) }

    /// Milliseconds since 1970.
    static func milliseconds() -> Int {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        return moment.tv_sec * 1_000 + moment.tv_nsec / 1_000_000
    }
}
