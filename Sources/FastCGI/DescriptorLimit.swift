import Glibc

/// How many descriptors this process may have open (`RLIMIT_NOFILE`).
public enum DescriptorLimit {
    /// What a responder with this many threads needs: a connection to the web server, one to an upstream, and
    /// room for databases, logs and libcurl's own.
    public static func need(threads: Int) -> Int { 8 * threads }

    /// Raises the limit to `wanted` if it is lower, as far as the system lets it.
    ///
    /// - Returns: the limit that holds now; lower than `wanted` when the hard limit is.
    public static func raise(to wanted: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        if limit.rlim_cur < rlim_t(wanted) {
            let before = limit
            limit.rlim_cur = rlim_t(wanted)
            // Only root may raise the hard limit; everyone may raise the soft one up to it.
            limit.rlim_max = max(limit.rlim_max, rlim_t(wanted))
            if setrlimit(resource, &limit) != 0 {
                limit = before
                limit.rlim_cur = min(rlim_t(wanted), before.rlim_max)
                _ = setrlimit(resource, &limit)
            }
            _ = getrlimit(resource, &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}
