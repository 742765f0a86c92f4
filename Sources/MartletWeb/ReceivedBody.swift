public import MartletCore

/// A JSON body as it came: in memory, or, where it is long, in a file.
public struct ReceivedBody: Sendable {
    /// Where a body is.
    private enum Storage: Sendable {
        case memory([UInt8])
        case file(SpooledFile, JSONOutline)
    }

    /// What is longer goes to a file.
    public static let longestInMemory = 1 << 20
    private let storage: Storage
    /// How many bytes.
    public let count: Int

    /// A body that is there already.
    public init(bytes: [UInt8]) {
        storage = .memory(bytes)
        count = bytes.count
    }

    /// Takes a request's body in.
    ///
    /// - Parameters:
    ///   - request: whose.
    ///   - limit: the most bytes.
    ///   - folder: where long bodies go.
    ///   - wanted: members of the top level whose values decide where the request goes.
    /// - Throws: `GatewayError` of kind `bodyTooLarge`, `unavailable`, or `invalidRequest` for a long body that breaks off;
    ///   `ClientGone`.
    public init(of request: Request, limit: Int, folder: String, keeping wanted: Set<String>) throws {
        var bytes: [UInt8] = []
        var spooled: (file: SpooledFile, outline: JSONOutline)?
        var total = 0
        try request.body.readPieces(limit: limit, keeping: Self.longestInMemory) { piece in
            total += piece.count
            if let file = spooled?.file {
                try file.append(piece)
                spooled?.outline.feed(piece)
            } else if bytes.isEmpty {
                bytes = piece
            } else {
                bytes += piece
            }
            guard spooled == nil, bytes.count > Self.longestInMemory else { return }
            var outline = JSONOutline(keeping: wanted)
            outline.feed(bytes)
            let file = try SpooledFile(in: folder)
            try file.append(bytes)
            bytes = []
            spooled = (file, outline)
        }
        count = total
        guard let spooled else {
            storage = .memory(bytes)
            return
        }
        guard spooled.outline.isComplete else {
            throw GatewayError(
                .invalidRequest,
                "The body is not valid JSON: it must be one object, closed.",
                code: "invalid_json"
            )
        }
        storage = .file(spooled.file, spooled.outline)
    }

    /// The bytes; nil for a body in a file.
    public var bytes: [UInt8]? {
        if case .memory(let bytes) = storage { bytes } else { nil }
    }

    /// What is known of a body in a file; nil for one in memory.
    public var outline: JSONOutline? {
        if case .file(_, let outline) = storage { outline } else { nil }
    }

    /// All bytes, read into memory.
    public func load() -> [UInt8] {
        switch storage {
        case .memory(let bytes): bytes
        case .file(let file, _): file.read(at: 0, count: count)
        }
    }

    /// The body with some of its top-level members replaced and all other bytes as they are.
    public func pieces(replacing members: JSONObject) -> [MediaBytes] {
        switch storage {
        case .memory(let bytes):
            return [MediaBytes(members.isEmpty ? bytes : JSONMembers(of: bytes).setting(members))]
        case .file(let file, let outline):
            return outline.setting(members, in: count).map { range, bytes in
                range.map { MediaBytes(file, $0) } ?? MediaBytes(bytes)
            }
        }
    }
}
