import MartletCore

/// Reads along with an answer that is no conversation: embeddings, pictures, sound.
///
/// Only its usage matters.
struct PlainAnswerReader: ChatDecoder {
    /// What is longer is not looked into.
    private static let longest = 32 << 20
    private var held: [UInt8] = []
    private let isJSON: Bool
    private var isTooLong = false

    init(contentType: String?) {
        isJSON = contentType?.lowercased().hasPrefix("application/json") == true
    }

    mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) {
        guard isJSON, !isTooLong else { return }
        held += bytes
        if held.count > Self.longest { (held, isTooLong) = ([], true) }
    }

    mutating func finish(into events: inout [ChatEvent]) {
        if isJSON, !isTooLong {
            var limits = JSONLimits.default
            limits.keptLength = 65_536
            let usage = (try? JSON.parse(held, limits: limits))?["usage"]
            if let reported = usage.flatMap(OpenAIUsage.read) { events.append(.usage(reported)) }
            held = []
        }
        events.append(.finished(.stop))
    }
}
