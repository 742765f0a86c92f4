import CCurl
import Glibc
import Threading

/// One warm connection, and the transfer that runs on it.
///
/// The whole wait for an answer happens on the calling thread, in one `poll` over the connection, the watched
/// descriptor and the clock. Leaving the loop by a throw closes the connection, so there is nothing to cancel
/// from elsewhere; and a caller that blocks in `deliver` slows the sender down, because nobody reads
/// meanwhile.
///
/// Belongs to one thread at a time; a pool moves it between threads. After a throw it must not be used again.
///
/// Source: libcurl-multi(3).
public final class Session: @unchecked Sendable {
    /// An answer that takes so long for a piece is one that people read, and has hundreds beside it.
    private static let slowWait = Duration.milliseconds(20)
    private let multi: UnsafeMutableRawPointer
    private let easy: EasyHandle

    /// Makes a session without a connection.
    ///
    /// - Throws: `TransferError.other` when memory is short.
    public init() throws {
        easy = try EasyHandle()
        guard let multi = curl_multi_init() else { throw easy.error(for: CURLE_OUT_OF_MEMORY) }
        self.multi = multi
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 1)
    }

    deinit {
        curl_multi_cleanup(multi)
    }

    /// Sends a request and delivers its answer, piece by piece, as it arrives.
    ///
    /// A request is sent a second time only when a kept connection turns out to be closed before the first
    /// line of an answer (RFC 9112, section 9.3.1).
    ///
    /// - Parameters:
    ///   - transfer: what to send.
    ///   - descriptor: given up as soon as this one is readable, hung up or invalid; -1 watches nothing.
    ///   - nextWake: when `onWake` is due next; asked before every wait.
    ///   - onWake: called at that instant or soon after it.
    ///   - deliver: takes the pieces; the time that it takes counts against the total limit only.
    /// - Throws: `TransferError`, `TransferInterruption`, and what `onWake` and `deliver` throw.
    public func run(
        _ transfer: Transfer,
        watching descriptor: CInt = -1,
        wakingAt nextWake: () -> ContinuousClock.Instant? = { nil },
        onWake: () throws -> Void = {},
        deliver: (Piece) throws -> Void
    ) throws {
        guard transfer.origin != nil else { throw TransferError.invalidRequest }
        try withBody(of: transfer) { body in
            defer { easy.reset() }
            try easy.prepare(transfer, body: body)
            try check(curl_multi_add_handle(multi, easy.pointer))
            defer { curl_multi_remove_handle(multi, easy.pointer) }
            try wait(
                watching: descriptor,
                within: Deadlines(transfer.limits, from: .now),
                wakingAt: nextWake,
                onWake: onWake,
                deliver: deliver
            )
        }
    }

    private func withBody(of transfer: Transfer, _ action: (UnsafeRawBufferPointer?) throws -> Void) throws {
        guard let body = transfer.body else { return try action(nil) }
        try body.withUnsafeBytes(action)
    }

    private func wait(
        watching descriptor: CInt,
        within limits: Deadlines,
        wakingAt nextWake: () -> ContinuousClock.Instant?,
        onWake: () throws -> Void,
        deliver: (Piece) throws -> Void
    ) throws {
        var deadlines = limits
        var progress = 0
        var hasDeliveredHead = false
        var hasWoken = false
        var slowWaits = 0
        var before = ContinuousClock.now
        while true {
            try perform()
            try deliverPieces(&hasDeliveredHead, to: deliver)
            if let code = result() { return try finish(code) }
            let reached = easy.reception.progress + (hasDeliveredHead ? 0 : easy.sentBodySize)
            // Read after the delivery: a slow receiver is not a silent sender.
            let now = ContinuousClock.now
            // Not before the answer has begun: a far vendor's handshake has slow waits, too, and what takes the first piece
            // is to be given back.
            if hasDeliveredHead, now - before >= Self.slowWait {
                slowWaits += 1
                if slowWaits == 2 { ThreadStack.giveBack() }
            }
            before = now
            if reached != progress {
                progress = reached
                deadlines.advance(hasHead: hasDeliveredHead, now: now)
            } else if hasWoken, isReady(descriptor) {
                // Nothing came from the upstream, so the wake-up was the watched descriptor's.
                throw TransferInterruption.watchedDescriptorReady
            }
            try deadlines.check(now)
            if let wake = nextWake(), wake <= now { try onWake() }
            hasWoken = try poll(
                until: min(deadlines.next, nextWake() ?? deadlines.next),
                watching: descriptor
            )
        }
    }

    private func perform() throws(TransferError) {
        var running: CInt = 0
        try check(curl_multi_perform(multi, &running))
    }

    private func deliverPieces(_ hasDeliveredHead: inout Bool, to deliver: (Piece) throws -> Void) throws {
        let reception = easy.reception
        if reception.hasHead, !hasDeliveredHead {
            hasDeliveredHead = true
            try deliver(.head(status: reception.status, fields: reception.fields))
        }
        guard !reception.body.isEmpty else { return }
        try deliver(.body(reception.body))
        reception.clearBody()
    }

    /// Libcurl's verdict, nil while the transfer runs.
    private func result() -> CURLcode? {
        var remaining: CInt = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            if message.pointee.msg == CURLMSG_DONE { return message.pointee.data.result }
        }
        return nil
    }

    private func finish(_ code: CURLcode) throws(TransferError) {
        guard code == CURLE_OK else { throw easy.error(for: code) }
        guard easy.reception.hasHead else { throw .malformed }
    }

    /// Sleeps until something happens, and tells whether it was the watched descriptor or the upstream.
    private func poll(until instant: ContinuousClock.Instant, watching descriptor: CInt) throws -> Bool {
        let remaining = max(.zero, instant - .now) / .milliseconds(1)
        let timeout = CInt(min(remaining.rounded(.up), Double(CInt.max)))
        var watched = curl_waitfd(fd: descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
        var readyCount: CInt = 0
        try check(curl_multi_poll(multi, &watched, descriptor < 0 ? 0 : 1, timeout, &readyCount))
        if watched.revents != 0 { throw TransferInterruption.watchedDescriptorReady }
        return descriptor >= 0 && readyCount > 0
    }

    /// Asks the descriptor itself: `curl_multi_poll` wakes up for a hang-up or an error but reports only readability.
    private func isReady(_ descriptor: CInt) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return descriptor >= 0 && Glibc.poll(&watched, 1, 0) > 0
    }

    private func check(_ code: CURLMcode) throws(TransferError) {
        guard code == CURLM_OK else {
            throw .other(code: Int(code.rawValue), text: String(cString: curl_multi_strerror(code)))
        }
    }
}
