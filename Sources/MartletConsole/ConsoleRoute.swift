import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// One line of the management API: an address, who may come, what is asked, and who answers.
struct ConsoleRoute: Sendable {
    /// Who may come.
    enum Access: Sendable {
        case anyone, user, admin, owner
    }

    let method: HTTPRequest.Method
    let pattern: RoutePattern
    let summary: String
    let access: Access
    /// Parameters of the address's query, by name and schema.
    var query: [(name: String, schema: JSON)] = []
    /// Members of the body; none for an address without a body.
    var fields: [ListedField] = []
    /// Whether an answer that is no error tells of success or failure elsewhere.
    var tellsOutcome = false
    let act: @Sendable (Call) throws -> Answer

    /// What an endpoint answers.
    enum Answer {
        /// Something in the envelope.
        case data(JSON)
        /// A word in the envelope.
        case done(String)
        /// Something without an envelope, for clients that expect none.
        case bare(JSON)
        /// Text of another type.
        case text([UInt8], type: String)
    }

    init(
        _ method: HTTPRequest.Method,
        _ pattern: RoutePattern,
        _ summary: String,
        _ access: Access,
        query: [(name: String, schema: JSON)] = [],
        fields: [ListedField] = [],
        tellsOutcome: Bool = false,
        act: @escaping @Sendable (Call) throws -> Answer
    ) {
        self.method = method
        self.pattern = pattern
        self.summary = summary
        self.access = access
        self.query = query
        self.fields = fields
        self.tellsOutcome = tellsOutcome
        self.act = act
    }

    /// The same as a line of the web kit's table.
    func route(at console: Console) -> Route {
        Route(method, pattern, summary) { request, context, writer in
            let principal = try Sessions(console: console).principal(of: request, in: context, for: access)
            let call = Call(request, in: context, at: console, by: principal)
            context.facts.caller = principal?.account.username
            context.responseFields[.cacheControl] = "no-store"
            switch try act(call) {
            case .data(let data): try writer.send(Envelope.success(data))
            case .done(let word): try writer.send(Envelope.success(nil, message: word))
            case .bare(let json): try writer.send(json)
            case .text(let bytes, let type): try writer.send(bytes, contentType: type)
            }
        }
    }
}

/// Schemas of query parameters.
enum Parameter {
    static let page: [(name: String, schema: JSON)] = [
        ("p", ["type": "integer", "minimum": 0, "maximum": 1_000_000]),
        ("page_size", ["type": "integer", "minimum": 0, "maximum": 1_000_000]),
    ]
    static let keyword: (name: String, schema: JSON) = ("keyword", ["type": "string"])
    static let time: [(name: String, schema: JSON)] = [
        ("start_timestamp", ["type": "integer", "minimum": 0, "maximum": 100_000_000_000]),
        ("end_timestamp", ["type": "integer", "minimum": 0, "maximum": 100_000_000_000]),
    ]
}
