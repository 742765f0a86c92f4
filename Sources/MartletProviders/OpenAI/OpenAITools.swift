import MartletCore

/// Reads `tools`, `tool_choice` and `parallel_tool_calls`, in the spelling of Chat Completions (`function` is an
/// object) and in that of Responses (its members stand beside `type`).
enum OpenAITools {
    /// The types of tools that ask for a search on the web.
    private static let searches = ["web_search", "web_search_preview"]

    /// Puts the tools into a request, unless `tool_choice` is `none`.
    ///
    /// `isFlat` allows the spelling of Responses beside that of Chat Completions.
    static func read(
        from body: BodyReader,
        isFlat: Bool,
        into request: inout ChatRequest
    ) throws(GatewayError) {
        if let older = try body.field("functions"), older.value != [] {
            throw older.error("is not supported any more: send 'tools'.", code: "unsupported_parameter")
        }
        let choice = try body.field("tool_choice")
        request.callsToolsInParallel = try body.field("parallel_tool_calls")?.bool()
        var tools: [Tool] = []
        var searchesWeb = false
        try body.field("tools")?.forEachElement { element throws(GatewayError) in
            let type = try element.required("type")
            let name = try type.string()
            // Models name them with a date, too.
            if searches.contains(where: { name == $0 || name.hasPrefix($0 + "_20") }) {
                searchesWeb = true
                return
            }
            guard name == "function" else {
                throw type.error("must be 'function'; other kinds of tools are not supported.")
            }
            let nested = isFlat ? try element.field("function") : try element.required("function")
            tools.append(try tool(from: nested ?? element))
        }
        let wanted = try toolChoice(choice, among: tools)
        request.tools = tools
        request.toolChoice = choice?.value.stringValue == "none" ? .never : wanted
        if searchesWeb, request.webSearch == nil { request.webSearch = WebSearch() }
    }

    private static func tool(from function: BodyReader) throws(GatewayError) -> Tool {
        let parameters = try function.field("parameters")
        if let parameters, parameters.value.objectValue == nil { throw parameters.typeError("an object") }
        var tool = Tool(
            name: try name(of: function),
            summary: try function.field("description")?.string(),
            parameters: parameters?.value
        )
        tool.isStrict = try function.field("strict")?.bool()
        return tool
    }

    /// The name of a tool: 1 to 128 letters, digits, `_` and `-`, the longer of OpenAI's and Anthropic's limits.
    ///
    /// It goes into the prompt, and a model repeats no other name faithfully.
    static func name(of tool: BodyReader) throws(GatewayError) -> String {
        let field = try tool.required("name")
        let name = try field.string()
        let isSound = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
            default: false
            }
        }
        guard isSound, (1...128).contains(name.utf8.count) else {
            throw field.error("must be 1 to 128 letters (a-z), digits, '_' or '-'.")
        }
        return name
    }

    private static func toolChoice(
        _ choice: BodyReader?,
        among tools: [Tool]
    ) throws(GatewayError) -> ToolChoice {
        guard let choice else { return .automatic }
        if let word = choice.value.stringValue {
            switch word {
            case "auto", "none": return .automatic
            case "required": return .required
            default: throw choice.error("must be 'none', 'auto', 'required' or an object.")
            }
        }
        guard choice.value.objectValue != nil else { throw choice.typeError("a string or an object") }
        let function = try choice.field("function") ?? choice
        guard let name = try function.field("name") else { return .automatic }
        let wanted = try name.string()
        guard tools.contains(where: { $0.name == wanted }) else {
            throw name.error("must be the name of one of the tools.")
        }
        return .named(wanted)
    }
}
