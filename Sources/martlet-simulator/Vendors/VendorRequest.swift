import HTTPTypes
import MartletCore
import MartletWeb

/// What a simulated vendor has understood of a request, whatever its dialect.
struct VendorRequest {
    /// The vendor's name in addresses and in the log.
    let vendor: String
    /// The key, without `Bearer`.
    let key: String
    /// The model.
    let model: String
    /// What the user said last; words such as `sim:slow` in it choose the answer.
    let prompt: String
    /// What tools have answered in this turn, in order.
    let results: [String]
    /// The names of the tools that may be called.
    let tools: [String]
    /// Whether the answer must be JSON.
    let wantsJSON: Bool
    /// Whether thoughts are asked for.
    let thinks: Bool
    /// How many answers.
    let choices: Int
    /// Whether it comes in pieces.
    let isStreaming: Bool

    /// What the answer shall look like.
    var scenario: Scenario { Scenario.find(in: prompt) }
}

/// A piece of a simulated answer, in nobody's dialect.
enum VendorStep {
    case text(String)
    case thought([String], seal: String)
    case hiddenThought(String)
    case refusal(String)
    /// The arguments in the pieces that they come in.
    case call(id: String, name: String, arguments: [String])
    case picture
}

/// Why a simulated answer ends.
enum VendorEnd {
    case stop
    case stopText(String)
    case length
    case calls
    case filtered
    case refused
    case pause
}

/// A whole simulated answer.
struct VendorScript {
    var steps: [VendorStep] = []
    var end = VendorEnd.stop
    var input = 11
    var output = 7
    var cached = 0
    var cacheWrite = 0
    var hourCacheWrite = 0
    var thoughts = 0

    /// Makes up an answer.
    init(_ request: VendorRequest) {
        let scenario = request.scenario
        if request.thinks || scenario == .think {
            steps.append(.thought(["Let me", " think."], seal: "c2VhbC1mb3ItYW50aHJvcGlj"))
            thoughts = 3
        }
        if scenario == .hiddenThought { steps.append(.hiddenThought("aGlkZGVu")) }
        switch scenario {
        case .cached: (cached, cacheWrite, hourCacheWrite, input) = (100, 20, 30, 161)
        case .refuse:
            steps.append(.refusal("I will not say."))
            end = .refused
            return
        case .filtered: end = .filtered
        case .length: end = .length
        case .stopText: end = .stopText("END")
        case .pause: end = .pause
        case .picture: steps.append(.picture)
        default: break
        }
        if let calls = Self.calls(request), request.results.isEmpty {
            steps.append(.text("Let me look."))
            steps += calls
            end = .calls
            return
        }
        steps += Self.texts(request).map { .text($0) }
    }

    private static func calls(_ request: VendorRequest) -> [VendorStep]? {
        guard let tool = request.tools.first else { return nil }
        let pieces = ["{\"ci", "ty\":\"Os", "lo\"}"]
        switch request.scenario {
        case .toolCall: return [.call(id: "call_A1b2C3d4E5", name: tool, arguments: pieces)]
        case .twoCalls:
            let last = request.tools.last ?? tool
            return [
                .call(id: "call_A1b2C3d4E5", name: tool, arguments: pieces),
                .call(id: "call_F6g7H8i9J0", name: last, arguments: ["{\"city\":", "\"Rome\"}"]),
            ]
        case .emptyCall: return [.call(id: "call_A1b2C3d4E5", name: tool, arguments: [])]
        case .hugeCall:
            let long = (0..<256).map { _ in String(repeating: "x", count: 4_096) }
            return [.call(id: "call_A1b2C3d4E5", name: tool, arguments: ["{\"city\":\""] + long + ["\"}"])]
        default: return nil
        }
    }

    private static func texts(_ request: VendorRequest) -> [String] {
        if !request.results.isEmpty {
            return ["The tools", " said: ", request.results.joined(separator: " and ")]
        }
        if request.wantsJSON { return ["{\"name\": \"Ada\"", ", \"age\": 36}"] }
        switch request.scenario {
        case .slow: return (1...10).map { "piece \($0) " }
        case .long: return (1...2_000).map { "piece \($0) " }
        case .emoji: return ["Wave 👋🏽", " and 家族 👨‍👩‍👧"]
        default:
            let last = request.prompt.split(separator: "\n").last.map(String.init) ?? ""
            return [
                "Hello", " from", " the", " simulated", " \(request.model)!", " You said: ",
                String(last.prefix(200)),
            ]
        }
    }
}
