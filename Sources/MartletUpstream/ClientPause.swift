import Glibc
public import MartletCore

/// Waits without losing sight of the client.
public enum ClientPause {
    /// Returns after a time, with heartbeats where the client must hear some.
    ///
    /// - Throws: `ClientGone` when the client leaves.
    public static func wait(_ pause: Duration, watching client: any ClientLink) throws(ClientGone) {
        let end = ContinuousClock.now + pause
        while true {
            let now = ContinuousClock.now
            guard now < end else { return }
            let next = client.nextHeartbeat ?? end
            if next <= now {
                try client.heartbeat()
                continue
            }
            let milliseconds = Int(((min(next, end) - now) / .milliseconds(1)).rounded(.up))
            // A negative descriptor is passed over, and only the time counts.
            var watched = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&watched, 1, CInt(min(milliseconds, 60_000))) > 0 { throw ClientGone() }
        }
    }
}
