import Logging
import MartletAccounts
import MartletCore
import MartletProviders
import MartletStore
import MartletUpstream

/// The files that clients have uploaded: here with their content, sealed with the caller's own key, and at the vendor as
/// assets.
///
/// A file goes to the vendor when it comes, which is also how an invented key is found out before anything is kept.
/// Safe from any thread.
struct FileShelf: Sendable {
    /// The content is kept in pieces of so many bytes, so that no file is ever in memory as a whole for being read.
    static let pieceSize = 1 << 20
    let rules: FileRules
    private let store: Store?
    private let vendor: any AssetAdapter
    private let origin: String
    private let now: @Sendable () -> Int

    init(
        store: Store?,
        rules: FileRules,
        vendor: any AssetAdapter,
        origin: String,
        now: @escaping @Sendable () -> Int
    ) {
        self.store = store
        self.rules = rules
        self.vendor = vendor
        self.origin = origin
        self.now = now
    }

    /// Takes a file in.
    ///
    /// - Throws: `GatewayError`, `UpstreamFailure`, `ClientGone`.
    func add(_ new: NewFile, key: Secret, calling caller: any UpstreamCaller) throws -> FileTable.Row {
        let owner = KeyHash(key).text
        let store = try open()
        let created = now()
        let used = try attempt { () throws(StoreError) in
            try store.read { tables throws(StoreError) in try tables.files.size(owner: owner, now: created) }
        }
        guard used + new.bytes.count <= rules.quota else {
            throw GatewayError(
                .invalidRequest,
                "All files of a key together may have \(rules.quota >> 20) MiB, and there are \(used >> 20) already. "
                    + "Delete some with DELETE /v1/files/{id}.",
                parameter: "file",
                code: "file_quota_exceeded",
                shouldRetry: false
            )
        }
        let (name, type) = Self.assetName(of: new)
        let endpoint = Endpoint(origin: origin, key: key)
        let asset = try AssetLibrary.upload(
            AssetFile(name: name, type: type, bytes: MediaBytes(new.bytes)),
            through: vendor,
            at: endpoint,
            calling: caller
        )
        let row = FileTable.Row(
            id: "file-" + RandomText.alphanumeric(24),
            owner: owner,
            name: new.name,
            purpose: new.purpose,
            type: type,
            size: new.bytes.count,
            created: created,
            expires: created + min(new.keptFor ?? rules.keptFor, rules.keptFor),
            assetPath: asset.path,
            assetID: asset.id
        )
        let seal = ContentSeal(key)
        try attempt { () throws(StoreError) in
            try store.write { tables throws(StoreError) in
                try tables.files.add(row)
                var rest = new.bytes
                var number = 0
                while !rest.isEmpty {
                    let piece = Array(rest.prefix(Self.pieceSize))
                    guard let sealed = seal.seal(piece, named: Self.name(of: number, in: row)) else {
                        throw StoreError.failed("a piece of a file cannot be sealed")
                    }
                    try tables.files.add(sealed, as: number, of: row.id)
                    rest = rest.dropFirst(Self.pieceSize)
                    number += 1
                }
            }
        }
        return row
    }

    /// A caller's file; another's is as good as none.
    ///
    /// - Throws: `GatewayError` of kind `notFound` or `unavailable`.
    func find(_ id: String, owner: KeyHash) throws -> FileTable.Row {
        let store = try open()
        let row = try attempt { () throws(StoreError) in
            try store.read { tables throws(StoreError) in
                try tables.files.row(id: id, owner: owner.text, now: now())
            }
        }
        guard let row else { throw Self.notFound(id) }
        return row
    }

    /// Some of a caller's files.
    func list(_ selection: FileTable.Selection, owner: KeyHash) throws -> [FileTable.Row] {
        let store = try open()
        return try attempt { () throws(StoreError) in
            try store.read { tables throws(StoreError) in
                try tables.files.rows(owner: owner.text, selection, now: now())
            }
        }
    }

    /// A piece of a file's content; nil behind the last one.
    func piece(_ number: Int, of row: FileTable.Row, key: Secret) throws -> [UInt8]? {
        let store = try open()
        return try attempt { () throws(StoreError) in
            let sealed = try store.read { tables throws(StoreError) in
                try tables.files.piece(number, of: row.id)
            }
            guard let sealed else { return nil }
            guard let bytes = ContentSeal(key).open(sealed, named: Self.name(of: number, in: row)) else {
                throw StoreError.damaged("a piece of a file cannot be opened")
            }
            return bytes
        }
    }

    /// What a piece is sealed under: no other file's, and in no other place.
    private static func name(of number: Int, in row: FileTable.Row) -> String { "\(row.id).\(number)" }

    /// Deletes a caller's file: here at once, at the vendor as far as it lets us.
    func remove(_ id: String, key: Secret, calling caller: any UpstreamCaller, logger: Logger) throws {
        let owner = KeyHash(key)
        let row = try find(id, owner: owner)
        let store = try open()
        let wasThere = try attempt { () throws(StoreError) in
            try store.write { tables throws(StoreError) in try tables.files.remove(id: id, owner: owner.text)
            }
        }
        guard wasThere else { throw Self.notFound(id) }
        let asset = Asset(path: row.assetPath, id: row.assetID)
        guard let request = vendor.deletionRequest(for: asset, at: Endpoint(origin: origin, key: key)) else {
            return
        }
        do {
            let answer = try caller.call(request, limit: 65_536)
            guard !answer.isSuccess, answer.status != 404 else { return }
            logger.warning(
                "a deleted file stays at the vendor",
                metadata: ["status": .stringConvertible(answer.status)]
            )
        } catch let error as UpstreamFailure {
            logger.warning("a deleted file stays at the vendor", metadata: ["reason": .string("\(error)")])
        }
    }

    /// Puts what is known of a file into a part of a request that names it.
    func fill(_ media: inout Media, from id: String, owner: KeyHash) throws {
        let row: FileTable.Row
        do {
            row = try find(id, owner: owner)
        } catch let error as GatewayError where error.kind == .notFound {
            throw MediaInspector.error(media, "names a file that does not exist.", code: "file_not_found")
        }
        let ending = row.assetPath.lastIndex(of: ".").map {
            String(row.assetPath[row.assetPath.index(after: $0)...])
        }
        let format = MediaFormat(type: row.type, ending: ending ?? "")
        guard media.kind != .image || format.isImage else {
            throw MediaInspector.error(media, "names a file that is no image.", code: "invalid_image")
        }
        media.content = MediaContent(bytes: MediaBytes([]), format: format, digest: "", name: row.name)
        media.asset = Asset(path: row.assetPath, id: row.assetID)
        media.fileName = media.fileName ?? row.name
    }

    /// The vendor's name, for error messages.
    var vendorName: String { vendor.name }

    static func notFound(_ id: String) -> GatewayError {
        GatewayError(
            .notFound,
            "There is no file '\(id.prefix(64))'.",
            parameter: "file_id",
            code: "file_not_found",
            shouldRetry: false
        )
    }

    /// The name and type by what the bytes are, else as the client has them.
    private static func assetName(of new: NewFile) -> (name: String, type: String) {
        let head = Array(new.bytes.prefix(ImageHeader.sufficientCount))
        let found =
            ImageHeader.read(head)?.format
            ?? DocumentFormat.find(head: head, isWhole: head.count == new.bytes.count, named: new.name)
        guard let found else { return (new.name, new.type ?? "application/octet-stream") }
        if new.name.lowercased().hasSuffix("." + found.ending) { return (new.name, found.type) }
        return ("\(new.name).\(found.ending)", found.type)
    }

    private func open() throws -> Store {
        guard let store else {
            throw GatewayError(.unavailable, "Files are not kept here.", shouldRetry: false)
        }
        return store
    }

    @discardableResult
    private func attempt<Result>(_ body: () throws(StoreError) -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw GatewayError(
                .unavailable,
                "Files cannot be kept or found at the moment.",
                detail: "\(error)",
                retryAfter: .seconds(5)
            )
        }
    }
}

/// A file that comes in.
struct NewFile {
    /// Its name.
    var name: String
    /// Its content type, as the client says.
    var type: String?
    /// What the client wants it for.
    var purpose: String
    /// How long the client wants it kept, in seconds; nil leaves it to the rules.
    var keptFor: Int?
    /// Its content, a part of the request's body.
    var bytes: ArraySlice<UInt8>
}
