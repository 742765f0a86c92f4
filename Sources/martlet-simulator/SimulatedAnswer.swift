import Glibc
import HTTPTypes
import MartletCore
import MartletWeb

/// One answer of the simulated chat, good or faulty as the prompt asks for.
struct SimulatedAnswer {
    let model: String
    let prompt: String
    let searches: Bool
    /// What it says of the files that came with the prompt, with a blank behind it.
    let sight: String
    let counters: Counters

    /// Writes the answer, streamed or whole.
    func write(isStreaming: Bool, to writer: any ResponseWriter, context: RequestContext) throws {
        let scenario = Scenario.find(in: prompt)
        if try SimulatedRefusal.write(scenario, to: writer, context: context) { return }
        guard isStreaming else { return try writeWhole(scenario, to: writer) }
        counters.openStream()
        let stream = SimulatedStream(writer: writer, clientDescriptor: context.clientDescriptor)
        do {
            try write(scenario, to: stream)
            counters.closeStream(aborted: false)
        } catch {
            counters.closeStream(aborted: true)
            throw error
        }
    }

    private func writeWhole(_ scenario: Scenario, to writer: any ResponseWriter) throws {
        switch scenario {
        case .wait: usleep(3_000_000)
        case .silent: usleep(25_000_000)
        case .slow: usleep(3_000_000)
        case .truncated:
            let bytes = record(scenario).serialized()
            return try writer.send(Array(bytes.prefix(bytes.count / 2)))
        case .raw: return try writer.send(Array(text(scenario).utf8), contentType: "text/plain")
        default: break
        }
        try writer.send(record(scenario))
    }

    private func write(_ scenario: Scenario, to stream: SimulatedStream) throws {
        let pieces = pieces(scenario)
        switch scenario {
        case .silent: try stream.pause(milliseconds: 25_000)
        case .wait: try stream.pause(milliseconds: 3_000)
        case .waitError:
            try stream.pause(milliseconds: 3_000)
            return try stream.event("error", ["error": "INSUFFICIENT_CREDITS"])
        case .errorFirst: return try stream.event("error", ["error": "INSUFFICIENT_CREDITS"])
        case .nothing: return
        case .raw:
            stream.contentType = "text/plain"
            for piece in pieces { try stream.send(Array(piece.utf8)) }
            return
        case .crlf: stream.lineEnd = "\r\n"
        case .bytes: stream.writesSingleBytes = true
        default: break
        }
        try writePieces(pieces, scenario, to: stream)
    }

    private func writePieces(_ pieces: [String], _ scenario: Scenario, to stream: SimulatedStream) throws {
        for (number, piece) in pieces.enumerated() {
            if scenario == .slow, number > 0 { try stream.pause(milliseconds: 300) }
            switch scenario {
            case .unnamed: try stream.event(nil, ["content": .string(piece)])
            case .notJSON: try stream.data("content", piece)
            case .twoData:
                try stream.lines(
                    "content",
                    ["{\"content\":", String(decoding: JSON.string(piece).serialized(), as: UTF8.self) + "}"]
                )
            case .emoji: try stream.cutEvent("content", ["content": .string(piece)])
            default: try stream.event("content", ["content": .string(piece)])
            }
            if number == 1 {
                if scenario == .errorLate {
                    return try stream.event("error", ["error": "OPEN_AI_UNEXPECTED_ERROR"])
                }
                if scenario == .cut { return }
                if scenario == .stall { try stream.pause(milliseconds: 600_000) }
            }
        }
        if scenario == .duplicate { try stream.event("content", ["content": .string(pieces.joined())]) }
        if scenario == .doneWord { return try stream.data(nil, "[DONE]") }
        try stream.event("result", record(scenario))
        try stream.event("done", ["message": "Stream completed"])
    }

    /// What the answer says.
    private func text(_ scenario: Scenario) -> String { pieces(scenario).joined() }

    private func pieces(_ scenario: Scenario) -> [String] {
        if let pieces = FormedAnswer(prompt: prompt).pieces(scenario) { return pieces }
        switch scenario {
        case .slow: return (1...10).map { "piece \($0) " }
        case .long: return (1...2_000).map { "piece \($0) " }
        case .emoji: return ["Wave 👋🏽", " and 家族 👨‍👩‍👧"]
        case .stutter: return ["ha", "ha"]
        case .giant: return ["a", String(repeating: "b", count: 2_000_000)]
        case .resultOnly, .noCredits: return []
        default:
            let start = (searches ? "I searched the web. " : "") + sight
            let last = prompt.split(separator: "\n").last.map(String.init) ?? ""
            return [
                start + "Hello", " from", " the", " simulated", " \(model)!", " You said: ",
                String(last.prefix(200)),
            ]
        }
    }

    /// The account of the request, as 1min.ai gives it at the end.
    private func record(_ scenario: Scenario) -> JSON {
        let answer: JSON = .string(scenario == .resultOnly ? "Only the result." : text(scenario))
        var result: JSON = [answer]
        var status: JSON = "SUCCESS"
        switch scenario {
        case .asString: result = answer
        case .asObject: result = ["content": answer]
        case .failedResult: (result, status) = (["code": "UNSUPPORTED_MODEL"], "FAILED")
        case .noCredits: (result, status) = (["code": "INSUFFICIENT_CREDITS"], "FAILURE")
        default: break
        }
        let input = prompt.split(whereSeparator: \.isWhitespace).count
        let output = (answer.stringValue ?? "").split(whereSeparator: \.isWhitespace).count
        let metadata: JSON = [
            "inputToken": .number(JSONNumber(input)), "outputToken": .number(JSONNumber(output)),
            "totalToken": .number(JSONNumber(input + output)), "credit": 1,
        ]
        return [
            "aiRecord": [
                "uuid": .string(RandomText.alphanumeric(16)), "model": .string(model),
                "type": "UNIFY_CHAT_WITH_AI",
                "metadata": scenario == .noUsage ? .null : metadata, "conversationId": nil, "status": status,
                "aiRecordDetail": ["promptObject": ["prompt": .string(prompt)], "resultObject": result],
            ]
        ]
    }
}
