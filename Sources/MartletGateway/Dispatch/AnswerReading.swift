import HTTPTypes
import MartletCore
import MartletProviders
import MartletUpstream

/// What is being read of a vendor's answer: nothing yet, the events of a good one, or the body of an error.
struct AnswerReading {
    private enum State {
        case waiting
        case answer(any ChatDecoder)
        case refusal(status: Int, fields: HTTPFields, body: [UInt8])
    }

    /// No vendor's error is longer; what follows is not read.
    private static let longestRefusal = 65_536
    private var state = State.waiting
    private let adapter: any ProviderAdapter
    private let decoder: (_ contentType: String?) -> any ChatDecoder

    /// Reads an answer of a vendor; `decoder` is made when its content type is known.
    init(from adapter: any ProviderAdapter, decoder: @escaping (_ contentType: String?) -> any ChatDecoder) {
        self.adapter = adapter
        self.decoder = decoder
    }

    /// Whether what comes is a good answer.
    var isGood: Bool {
        if case .answer = state { true } else { false }
    }

    /// Takes the next piece and appends what it means.
    ///
    /// - Returns: the bytes that belong to a good answer; nil for a head, and for what belongs to an error.
    mutating func take(
        _ piece: UpstreamPiece,
        into events: inout [ChatEvent]
    ) throws(UpstreamFailure) -> [UInt8]? {
        switch (piece, state) {
        case (.head(let status, let fields), _):
            state =
                (200...299).contains(status)
                ? .answer(decoder(fields.value(of: .contentType)))
                : .refusal(status: status, fields: fields, body: [])
        case (.body(let bytes), .answer(var decoder)):
            state = .waiting  // leaves the decoder with one owner, so that it changes in place
            defer { state = .answer(decoder) }
            try decoder.decode(bytes, into: &events)
            return bytes
        case (.body(let bytes), .refusal(let status, let fields, let body)):
            guard body.count + bytes.count <= Self.longestRefusal else {
                throw adapter.failure(status: status, fields: fields, body: body)
            }
            state = .refusal(status: status, fields: fields, body: body + bytes)
        case (.body, .waiting):
            break
        }
        return nil
    }

    /// Takes the end and appends what it means.
    mutating func finish(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        switch state {
        case .answer(var decoder): try decoder.finish(into: &events)
        case .refusal(let status, let fields, let body):
            throw adapter.failure(status: status, fields: fields, body: body)
        case .waiting: throw UpstreamFailure(.connectionFailed)
        }
    }
}
