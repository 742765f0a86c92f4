import CCurl
import Glibc

/// What all sessions of the process share: addresses and TLS sessions, never connections.
///
/// A new session then skips name resolution and resumes the TLS session of another one. libcurl documents the
/// sharing of connections between concurrent threads as unsafe (`CURL_LOCK_DATA_CONNECT`,
/// curl_share_setopt(3)).
///
/// Safe from any thread.
struct SharedCaches: Sendable {
    /// The process's caches; the first use initialises libcurl.
    static let process = SharedCaches()

    // An address instead of a pointer, because pointers are not Sendable; the handle lives as long as the
    // process.
    private let address: UInt

    private init() {
        curl_global_init(CLong(CURL_GLOBAL_DEFAULT))
        ignoreBrokenPipes()
        address = UInt(bitPattern: makeShare())
    }

    /// Makes a session use the caches.
    func attach(to session: UnsafeMutableRawPointer) {
        _ = ccurl_set_pointer(session, CURLOPT_SHARE, UnsafeRawPointer(bitPattern: address))
    }
}

/// With `CURLOPT_NOSIGNAL` libcurl leaves SIGPIPE to the program, and OpenSSL's writes raise it.
private func ignoreBrokenPipes() {
    var current = sigaction()
    sigaction(SIGPIPE, nil, &current)
    if current.__sigaction_handler.sa_handler == nil { signal(SIGPIPE, SIG_IGN) }
}

/// Nil when memory is short; sessions then share nothing.
private func makeShare() -> UnsafeMutableRawPointer? {
    guard let share = curl_share_init() else { return nil }
    let count = Int(CURL_LOCK_DATA_LAST.rawValue)
    let locks = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: count)
    for index in 0..<count { pthread_mutex_init(locks + index, nil) }
    _ = ccurl_share_lock(share, lock, unlock, locks)
    _ = ccurl_share_data(share, CURL_LOCK_DATA_DNS)
    _ = ccurl_share_data(share, CURL_LOCK_DATA_SSL_SESSION)
    return share
}

private func mutex(
    _ data: curl_lock_data,
    _ context: UnsafeMutableRawPointer?
) -> UnsafeMutablePointer<pthread_mutex_t>? {
    context?.assumingMemoryBound(to: pthread_mutex_t.self).advanced(by: Int(data.rawValue))
}

private let lock: curl_lock_function = { _, data, _, context in
    if let mutex = mutex(data, context) { pthread_mutex_lock(mutex) }
}

private let unlock: curl_unlock_function = { _, data, context in
    if let mutex = mutex(data, context) { pthread_mutex_unlock(mutex) }
}
