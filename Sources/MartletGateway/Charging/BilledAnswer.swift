import MartletCore
import MartletProviders
import MartletUpstream

/// An answer whose price is booked before its end goes out, and told with it.
///
/// Belongs to the thread of its request.
final class BilledAnswer: AnswerSink {
    private static let usageOpening = Array(#""usage":{"#.utf8)
    private let inner: any AnswerSink
    private let bill: Bill
    private let meter: AnswerMeter
    /// Whether the bytes of a vendor that are passed on are OpenAI's events, and the client wants a usage.
    private let writesCost: Bool

    init(around inner: any AnswerSink, on bill: Bill, meter: AnswerMeter, writesCost: Bool) {
        self.inner = inner
        self.bill = bill
        self.meter = meter
        self.writesCost = writesCost && bill.isShown
    }

    var descriptor: CInt { inner.descriptor }
    var nextHeartbeat: ContinuousClock.Instant? { inner.nextHeartbeat }
    var hasContent: Bool { inner.hasContent }
    var isComplete: Bool { inner.isComplete }

    func heartbeat() throws(ClientGone) { try inner.heartbeat() }

    func take(_ events: [ChatEvent], usage: () -> TokenUsage) throws(ClientGone) {
        prepare(for: events)
        try inner.take(events) {
            var told = usage()
            if bill.isShown { told.cost = bill.cost(of: ModelPrice.Work(told)) }
            return told
        }
    }

    func pass(_ bytes: [UInt8], meaning events: [ChatEvent]) throws(ClientGone) {
        prepare(for: events)
        guard writesCost, events.contains(where: \.isUsage) else {
            return try inner.pass(bytes, meaning: events)
        }
        try inner.pass(addingCost(to: bytes), meaning: events)
    }

    func passHead(contentType: String?) { inner.passHead(contentType: contentType) }

    func beginAttempt(_ request: ChatRequest?) { inner.beginAttempt(request) }

    func fail(_ error: GatewayError) throws(ClientGone) {
        bill.setFields()
        try inner.fail(error)
    }

    /// Books an answer that ends, and tells what the head says: in the middle of a stream it is long out.
    private func prepare(for events: [ChatEvent]) {
        var mayTell = !inner.hasContent
        for event in events {
            guard case .finished = event else { continue }
            bill.close(ModelPrice.Work(meter.usage), isEstimated: meter.isEstimated)
            mayTell = true
        }
        if mayTell { bill.setFields() }
    }

    /// The bytes with `cost` as the first member of their last usage.
    private func addingCost(to bytes: [UInt8]) -> [UInt8] {
        guard let cost = bill.cost(of: ModelPrice.Work(meter.usage)),
            let place = bytes.lastRange(of: Self.usageOpening)
        else { return bytes }
        var changed = bytes
        changed.insert(contentsOf: Array(#""cost":\#(cost.dollars),"#.utf8), at: place)
        return changed
    }
}

extension ChatEvent {
    fileprivate var isUsage: Bool { if case .usage = self { true } else { false } }
}

extension [UInt8] {
    /// The place behind the last occurrence of some bytes.
    fileprivate func lastRange(of pattern: [UInt8]) -> Int? {
        guard count >= pattern.count else { return nil }
        var place = count - pattern.count
        while place >= 0 {
            if self[place..<place + pattern.count].elementsEqual(pattern) { return place + pattern.count }
            place -= 1
        }
        return nil
    }
}
