/// What a simulated answer shall look like, chosen by a word in the prompt such as `sim:slow`.
///
/// The raw value is what stands behind `sim:`.
enum Scenario: String, CaseIterable {
    // Good answers in every form that was met.
    case plain
    case slow
    case silent
    case wait
    case duplicate
    case stutter
    case crlf
    case unnamed
    case notJSON = "not-json"
    case twoData = "two-data"
    case emoji
    case bytes
    case raw
    case doneWord = "done-word"
    case resultOnly = "result-only"
    case asString = "as-string"
    case asObject = "as-object"
    case noUsage = "no-usage"
    case long
    case keys
    case absolute
    case asJSON = "as-json"
    case nested
    case textOnly = "text-only"
    case minutes
    case slowSound = "slow-sound"
    case busyTwice = "busy-twice"
    // What only the vendors with tools and thoughts of their own have.
    case think
    case hiddenThought = "hidden-thought"
    case twoCalls = "two-calls"
    case emptyCall = "empty-call"
    case hugeCall = "huge-call"
    case refuse
    case filtered
    case length
    case stopText = "stop-text"
    case pause
    case picture
    case cached
    case comments
    case splitUsage = "split-usage"
    case overloaded
    case malformed
    case stallLate = "stall-late"
    // Answers in a form that was asked for, or not.
    case json
    case jsonTwice = "json-twice"
    case jsonNever = "json-never"
    case toolCall = "tool-call"
    case toolFence = "tool-fence"
    case toolStray = "tool-stray"
    // Faults under status 200.
    case errorFirst = "error-first"
    case errorLate = "error-late"
    case waitError = "wait-error"
    case failedResult = "failed-result"
    case noCredits = "no-credits"
    case cut
    case nothing
    case giant
    case truncated
    case stall
    case innerResult = "inner-result"
    case redirectedResult = "redirected-result"
    case goneResult = "gone-result"
    // Refusals with a status.
    case badKey = "bad-key"
    case unsupported
    case invalid
    case rateLimited = "rate-limited"
    case busy
    case badSize = "bad-size"
    case badGateway = "bad-gateway"
    case gatewayTimeout = "gateway-timeout"

    /// Finds the first word `sim:NAME` in a prompt.
    static func find(in prompt: String) -> Scenario {
        for word in prompt.split(whereSeparator: { !($0.isLetter || $0 == ":" || $0 == "-") })
        where word.hasPrefix("sim:") {
            if let scenario = Scenario(rawValue: String(word.dropFirst(4))) { return scenario }
        }
        return .plain
    }

    /// What it does, for `martlet-simulator scenarios`.
    var summary: String {
        switch self {
        case .plain: "an answer in a few pieces"
        case .slow: "ten pieces, 300 ms apart"
        case .silent: "nothing for 25 s, then an answer"
        case .wait: "nothing for 3 s, then an answer"
        case .duplicate: "the last piece repeats the whole answer"
        case .stutter: "the answer is twice the same piece, and both count"
        case .crlf: "lines end with CR LF"
        case .unnamed: "events have no names"
        case .notJSON: "the data of the events is bare text"
        case .twoData: "one event has two data lines"
        case .emoji: "a picture character is cut in the middle of its bytes"
        case .bytes: "every byte is written alone"
        case .raw: "bare text, no events at all"
        case .doneWord: "ends with [DONE]"
        case .resultOnly: "no piece, but a result that holds the answer"
        case .asString: "the result is one text instead of a list"
        case .asObject: "the result is an object with content"
        case .noUsage: "the result says nothing about tokens"
        case .long: "two thousand pieces as fast as possible"
        case .keys: "pictures and sounds are named by keys alone, without a signed address"
        case .absolute: "pictures and sounds are named by absolute addresses"
        case .asJSON: "speech as JSON with an address instead of the sound"
        case .nested: "a transcript as JSON in a text"
        case .textOnly: "a transcript as bare text, whatever was asked for"
        case .minutes: "a picture or sound after 150 s"
        case .slowSound: "a sound in pieces, 500 ms apart"
        case .busyTwice: "pictures, sounds, code: 400 with OPEN_AI_UNEXPECTED_ERROR twice, then an answer"
        case .think: "thoughts with a seal before the answer (vendors)"
        case .hiddenThought: "thoughts that nobody can read (vendors)"
        case .twoCalls: "two calls at once, of the first and the last tool (vendors)"
        case .emptyCall: "a call without arguments (vendors)"
        case .hugeCall: "a call with a megabyte of arguments (vendors)"
        case .refuse: "the model refuses (vendors)"
        case .filtered: "the answer is withheld from here on (vendors)"
        case .length: "the answer reaches its limit (vendors)"
        case .stopText: "the answer ends at the stop text END (vendors)"
        case .pause: "the turn is interrupted (vendors)"
        case .picture: "a picture in the answer (vendors)"
        case .cached: "tokens from and for a prompt cache (vendors)"
        case .comments: "comment lines between the events (vendors)"
        case .splitUsage: "the usage comes in two parts, and twice (vendors)"
        case .overloaded: "the first event says that the vendor is overloaded (vendors)"
        case .malformed: "an event that is no JSON (vendors)"
        case .stallLate: "two pieces, then silence for ten minutes (vendors)"
        case .json: "JSON about a person, in a code fence with words around it"
        case .jsonTwice: "JSON with a field too few, and good JSON when asked again"
        case .jsonNever: "no JSON, however often it is asked"
        case .toolCall: "a call of the first tool in the prompt; with a result in the prompt, an answer"
        case .toolFence: "the same as JSON in a code fence, with a comma too many"
        case .toolStray: "a call of a tool that is not there"
        case .errorFirst: "an error event under status 200, before any piece"
        case .waitError: "nothing for 3 s, then an error event"
        case .errorLate: "an error event after two pieces"
        case .failedResult: "a result with status FAILED"
        case .noCredits: "a result with status FAILURE and no credits"
        case .cut: "two pieces, then the end without a result"
        case .nothing: "an empty stream"
        case .giant: "a line of two million bytes"
        case .truncated: "JSON that breaks off"
        case .stall: "two pieces, then silence for ten minutes"
        case .innerResult: "the address of a picture or sound leads into the inner network"
        case .redirectedResult: "the address of a picture or sound redirects into the inner network"
        case .goneResult: "the picture or sound is not there"
        case .badKey: "401"
        case .unsupported: "400 with UNSUPPORTED_MODEL"
        case .invalid: "422 with details"
        case .rateLimited: "429 with Retry-After: 7"
        case .busy: "400 with OPEN_AI_UNEXPECTED_ERROR"
        case .badSize: "400 with OPEN_AI_UNEXPECTED_ERROR and the supported values"
        case .gatewayTimeout: "504 with a page of HTML"
        case .badGateway: "502 with a page of HTML"
        }
    }
}
