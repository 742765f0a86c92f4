import HTTPTypes
import MartletAccounts
import MartletCore
public import MartletStore
import MartletUpstream
import MartletWeb

/// Answers the same request with the same answer, once paid for: `Idempotency-Key`.
///
/// The same key from the same caller within a day joins the running call, or gets the answer that was kept. Answers are
/// sealed with the caller's own key (`ContentSeal`). What fails is not kept: then the request may be made again.
///
/// Source: the Internet draft "The Idempotency-Key HTTP Header Field" (2025-10).
public struct Replays: Sendable {
    private static let keptFor = 86_400
    /// What is longer is not kept; its repetition is refused rather than paid for twice.
    private static let longestAnswer = 4 << 20
    private static let longestName = 255
    private static let lookingInterval = Duration.milliseconds(50)
    private let store: Store
    private let holder: String
    private let isAlive: @Sendable (_ holder: String) -> Bool
    private let now: @Sendable () -> Int

    /// Puts the parts together.
    ///
    /// - Parameters:
    ///   - store: where answers are kept.
    ///   - holder: names this process.
    ///   - isAlive: whether the process of that name still works: what a dead one had begun may be begun again.
    ///   - now: the time in seconds since 1970.
    public init(
        store: Store,
        holder: String,
        isAlive: @escaping @Sendable (_ holder: String) -> Bool,
        now: @escaping @Sendable () -> Int
    ) {
        self.store = store
        self.holder = holder
        self.isAlive = isAlive
        self.now = now
    }

    /// Puts itself before an address that costs money.
    ///
    /// - Parameters:
    ///   - limit: the longest body in bytes.
    ///   - handler: who answers.
    /// - Returns: who answers now.
    func around(limit: Int, _ handler: @escaping Handler) -> Handler {
        { request, context, writer in
            guard let name = request.fields[.idempotencyKey] else {
                return try handler(request, context, writer)
            }
            guard !name.isEmpty, name.utf8.count <= Self.longestName else {
                throw GatewayError(
                    .invalidRequest,
                    "'Idempotency-Key' must have 1 to \(Self.longestName) characters.",
                    parameter: "Idempotency-Key"
                )
            }
            let call = try Call(request, name: name, limit: limit)
            guard let known = try claim(call, in: context) else {
                return try work(on: call, request, context, writer, handler)
            }
            try answer(with: known, to: call, writer)
        }
    }

    /// One request with a name.
    private struct Call {
        private static let longestInMemory = 1 << 20
        let key: Secret
        let subject: ReplayTable.Subject
        let fingerprint: String

        init(_ request: Request, name: String, limit: Int) throws {
            key = try ClientKey.find(in: request.fields)
            subject = ReplayTable.Subject(owner: KeyHash(key).text, key: name)
            var digest = ContentDigest()
            digest.add(Array("\(request.path)?\(request.query ?? "")\n".utf8)[...])
            if let count = request.body.expectedCount, count > Self.longestInMemory {
                // Whoever answers reads it piece by piece; of so long a body the length says enough.
                digest.add(Array("\(count) bytes".utf8)[...])
            } else {
                digest.add(try request.body.read(limit: limit)[...])
            }
            fingerprint = digest.text
        }
    }

    /// Claims a call, or waits for who has claimed it.
    ///
    /// - Returns: nil when it is ours; else the answer.
    private func claim(_ call: Call, in context: RequestContext) throws -> [UInt8]? {
        let client = SilentClient { context.clientDescriptor }
        while true {
            let row = ReplayTable.Row(fingerprint: call.fingerprint, holder: holder)
            let known = try ask { tables throws(StoreError) in
                try tables.replays.claim(call.subject, as: row, now: now(), until: now() + Self.keptFor)
            }
            guard let known else { return nil }
            guard known.fingerprint == call.fingerprint else {
                throw GatewayError(
                    .invalidRequest,
                    "This 'Idempotency-Key' was used for another request within the last day.",
                    parameter: "Idempotency-Key",
                    code: "idempotency_key_reused"
                )
            }
            if let answer = known.answer { return answer }
            if !isAlive(known.holder) { release(call.subject, holder: known.holder) }
            try ClientPause.wait(Self.lookingInterval, watching: client)
        }
    }

    private func work(
        on call: Call,
        _ request: Request,
        _ context: RequestContext,
        _ writer: any ResponseWriter,
        _ handler: Handler
    ) throws {
        let copy = CopyingWriter(to: writer, limit: Self.longestAnswer)
        do {
            try handler(request, context, copy)
        } catch {
            release(call.subject, holder: holder)
            throw error
        }
        guard copy.isSuccess, let sealed = ContentSeal(call.key).seal(copy.record, named: call.subject.key)
        else { return release(call.subject, holder: holder) }
        try? ask { tables throws(StoreError) in
            try tables.replays.fill(call.subject, holder: holder, answer: sealed)
        }
    }

    private func answer(with sealed: [UInt8], to call: Call, _ writer: any ResponseWriter) throws {
        guard let record = ContentSeal(call.key).open(sealed, named: call.subject.key),
            let answer = CopyingWriter.read(record)
        else {
            throw GatewayError(.internalFailure, "The kept answer cannot be read.", shouldRetry: false)
        }
        guard let body = answer.body else {
            throw GatewayError(
                .invalidRequest,
                "This request was answered, and the answer is too long to be given again.",
                parameter: "Idempotency-Key",
                code: "idempotent_answer_too_long"
            )
        }
        var head = HTTPResponse(status: .ok)
        head.headerFields[.contentType] = answer.contentType
        head.headerFields[.idempotentReplayed] = "true"
        if answer.contentType.hasPrefix("text/event-stream") {
            head.headerFields[.cacheControl] = "no-cache, no-transform"
            head.headerFields[.accelBuffering] = "no"
        } else {
            head.headerFields[.contentLength] = String(body.count)
        }
        try writer.begin(head)
        try writer.write(body)
    }

    private func release(_ subject: ReplayTable.Subject, holder: String) {
        // What stays claimed is given up with its holder.
        try? ask { tables throws(StoreError) in try tables.replays.release(subject, holder: holder) }
    }

    private func ask<Result>(
        _ question: (StoreTables) throws(StoreError) -> Result
    ) throws(GatewayError) -> Result {
        do {
            return try store.write(question)
        } catch {
            throw GatewayError(
                .unavailable,
                "Requests with an 'Idempotency-Key' cannot be taken at the moment.",
                detail: "\(error)",
                retryAfter: .seconds(5)
            )
        }
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyKey = HTTPField.Name("idempotency-key") ?? .expect
    /// Says that an answer was given before.
    fileprivate static let idempotentReplayed = HTTPField.Name("idempotent-replayed") ?? .expect
}
