import HTTPTypes
import MartletAccounts
import MartletCore
import MartletProviders
import MartletStore
import MartletUpstream
import MartletWeb

/// `/v1/files`: upload, list, look up, read, delete.
///
/// Source: OpenAI's API reference, Files (2026-10).
struct Files: Sendable {
    let gateway: Gateway
    private static let purposes = ["assistants", "batch", "evals", "fine-tune", "user_data", "vision"]

    /// `POST /v1/files`: a form with `file`, `purpose` and, if it likes, `expires_after`.
    func upload(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let (key, caller) = try admit(request, context)
        let form = try MultipartForm(of: request, limit: gateway.multipartLimit)
        let new = try Self.file(in: form, limit: shelf.rules.sizeLimit)
        let row = try calling(caller, context) { try shelf.add(new, key: key, calling: $0) }
        try writer.send(Self.json(row))
    }

    /// `GET /v1/files`: newest first, with `limit`, `after`, `order` and `purpose`.
    func list(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let (_, caller) = try admit(request, context)
        var selection = try Self.selection(in: Query(request.query))
        if let after = Query(request.query)["after"] {
            selection.after = try shelf.find(after, owner: caller.keyHash)
        }
        // One more tells whether there are more.
        let limit = selection.limit
        selection.limit += 1
        let rows = try shelf.list(selection, owner: caller.keyHash)
        let shown = rows.prefix(limit)
        try writer.send([
            "object": "list",
            "data": .array(shown.map(Self.json)),
            "first_id": shown.first.map { .string($0.id) } ?? .null,
            "last_id": shown.last.map { .string($0.id) } ?? .null,
            "has_more": .bool(rows.count > limit),
        ])
    }

    /// `GET /v1/files/{id}`.
    func one(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let (_, caller) = try admit(request, context)
        try writer.send(Self.json(try shelf.find(Self.id(in: request), owner: caller.keyHash)))
    }

    /// `GET /v1/files/{id}/content`: the bytes, as they came.
    func content(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let (key, caller) = try admit(request, context)
        let row = try shelf.find(Self.id(in: request), owner: caller.keyHash)
        // Read before the head goes out: from then on there is no status for a failure.
        var piece = try shelf.piece(0, of: row, key: key)
        var head = HTTPResponse(status: .ok)
        // Never as what it claims to be: a browser must not run it.
        head.headerFields[.contentType] = "application/octet-stream"
        head.headerFields[.contentLength] = String(row.size)
        head.headerFields[.contentDisposition] = "attachment"
        head.headerFields[.contentTypeOptions] = "nosniff"
        try writer.begin(head)
        var number = 0
        while let bytes = piece {
            try writer.write(bytes)
            try writer.flush()
            number += 1
            piece = try shelf.piece(number, of: row, key: key)
        }
        try writer.flush()
    }

    /// `DELETE /v1/files/{id}`.
    func delete(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let (key, caller) = try admit(request, context)
        let id = Self.id(in: request)
        try calling(caller, context) {
            try shelf.remove(id, key: key, calling: $0, logger: context.logger)
        }
        try writer.send(["id": .string(id), "object": "file", "deleted": true])
    }

    private var shelf: FileShelf { gateway.attachments.files }

    private func admit(_ request: Request, _ context: RequestContext) throws -> (Secret, Caller) {
        let (caller, key) = try gateway.caller(of: request, in: context)
        // A file goes to the vendor with the caller's key, and one that is known here is none of the vendor's.
        guard !caller.isVerified else {
            throw GatewayError(
                .notFound,
                "Files are only kept for callers with a 1min.ai key of their own. Send files inside the request.",
                code: "files_not_offered",
                shouldRetry: false
            )
        }
        _ = try gateway.limits.admit(caller, endpoint: "files", tokens: 0, context: context)
        return (key, caller)
    }

    /// Lends what calls the vendor, and says in the client's words what went wrong there.
    private func calling<Result>(
        _ caller: Caller,
        _ context: RequestContext,
        _ body: (any UpstreamCaller) throws -> Result
    ) throws -> Result {
        do {
            let client = SilentClient { context.clientDescriptor }
            return try body(
                WholeAnswers(through: gateway.upstream, limits: gateway.jobLimits, watching: client)
            )
        } catch let failure as UpstreamFailure {
            if failure.kind == .keyRefused { gateway.limits.countFailedAuthentication(of: caller) }
            var error = failure.gatewayError(from: gateway.attachments.files.vendorName)
            if error.kind == .invalidRequest { error.parameter = "file" }
            throw error
        }
    }

    private static func id(in request: Request) -> String { request.pathValues["file"] ?? "" }

    private static func json(_ row: FileTable.Row) -> JSON {
        [
            "id": .string(row.id), "object": "file", "bytes": JSON(row.size), "created_at": JSON(row.created),
            "expires_at": JSON(row.expires), "filename": .string(row.name), "purpose": .string(row.purpose),
            "status": "processed", "status_details": nil,
        ]
    }

    private static func file(in form: MultipartForm, limit: Int) throws -> NewFile {
        let files = form.parts(named: "file")
        guard let part = files.first else {
            throw error("file", "is required.", "missing_required_parameter")
        }
        guard files.count == 1 else { throw error("file", "must be one file.") }
        guard let name = part.fileName else { throw error("file", "needs a file name.") }
        guard !part.bytes.isEmpty else { throw error("file", "is empty.") }
        guard part.bytes.count <= limit else {
            throw GatewayError(
                .bodyTooLarge,
                "'file' has \(part.bytes.count) bytes; at most \(limit) are taken.",
                parameter: "file"
            )
        }
        guard let purpose = form.parts(named: "purpose").first?.text else {
            throw error("purpose", "is required.", "missing_required_parameter")
        }
        guard purposes.contains(purpose) else {
            throw error("purpose", "must be one of \(purposes.map { "'\($0)'" }.joined(separator: ", ")).")
        }
        return NewFile(
            name: name,
            type: part.contentType,
            purpose: purpose,
            keptFor: try keptFor(in: form),
            bytes: part.bytes
        )
    }

    /// `expires_after[anchor]` and `expires_after[seconds]`: an hour to 30 days.
    private static func keptFor(in form: MultipartForm) throws -> Int? {
        let anchor = form.parts(named: "expires_after[anchor]").first?.text
        guard let text = form.parts(named: "expires_after[seconds]").first?.text else {
            guard anchor == nil else { throw error("expires_after[seconds]", "is required.") }
            return nil
        }
        guard anchor == "created_at" else { throw error("expires_after[anchor]", "must be 'created_at'.") }
        guard let seconds = Int(text), (3_600...2_592_000).contains(seconds) else {
            throw error("expires_after[seconds]", "must be between 3600 and 2592000.")
        }
        return seconds
    }

    private static func selection(in query: Query) throws -> FileTable.Selection {
        let order = query["order"] ?? "desc"
        guard ["asc", "desc"].contains(order) else { throw error("order", "must be 'asc' or 'desc'.") }
        let limit = try query.integer("limit", in: 1...10_000) ?? 10_000
        return FileTable.Selection(
            purpose: query["purpose"],
            after: nil,
            isAscending: order == "asc",
            limit: limit
        )
    }

    private static func error(
        _ parameter: String,
        _ problem: String,
        _ code: String = "invalid_value"
    ) -> GatewayError {
        GatewayError(.invalidRequest, "'\(parameter)' \(problem)", parameter: parameter, code: code)
    }
}

extension HTTPField.Name {
    /// Keeps browsers from guessing a content type.
    fileprivate static let contentTypeOptions = HTTPField.Name("x-content-type-options") ?? .contentType
}
