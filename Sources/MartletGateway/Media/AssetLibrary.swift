import Glibc
import Logging
import MartletAccounts
import MartletCore
import MartletProviders
public import MartletStore
import MartletUpstream

/// Knows which files are at the vendor already, so that a conversation does not upload its past again.
///
/// Known are files by caller and content, for some days, in the main database that all processes share. Threads and
/// processes that need the same file at once upload it once. Safe from any thread.
public struct AssetLibrary: Sendable {
    /// How long an asset is trusted to be there, in seconds: a week.
    private static let keptFor = 7 * 86_400
    /// How long other processes wait for one that uploads, in seconds.
    private static let claimedFor = 60
    /// How long they sleep between two looks, in microseconds.
    private static let pause: UInt32 = 50_000
    private let store: Store?
    private let now: @Sendable () -> Int
    private let uploads = KeyedLocks()

    /// - Parameters:
    ///   - store: where it is remembered; nil remembers nothing.
    ///   - now: the time in seconds since 1970.
    public init(store: Store?, now: @escaping @Sendable () -> Int) {
        self.store = store
        self.now = now
    }

    /// The asset of a file; uploads it when it is not known.
    func asset(
        of content: MediaContent,
        through adapter: any AssetAdapter,
        at endpoint: Endpoint,
        calling caller: any UpstreamCaller,
        logger: Logger
    ) throws -> Asset {
        let owner = KeyHash(endpoint.key).text
        let digest = Self.digest(of: content)
        return try uploads.withLock(owner + digest) {
            while true {
                if let known = known(owner: owner, digest: digest, logger: logger) { return known }
                if claim(owner: owner, digest: digest, logger: logger) { break }
                usleep(Self.pause)
            }
            let file = AssetFile(name: content.name, type: content.format.type, bytes: content.bytes)
            do {
                let asset = try Self.upload(file, through: adapter, at: endpoint, calling: caller)
                remember(asset, owner: owner, digest: digest, logger: logger)
                return asset
            } catch {
                forget(content, at: endpoint, logger: logger)
                throw error
            }
        }
    }

    /// Forgets a file that the vendor no longer has.
    func forget(_ content: MediaContent, at endpoint: Endpoint, logger: Logger) {
        let owner = KeyHash(endpoint.key).text
        do throws(StoreError) {
            try store?.write { tables throws(StoreError) in
                try tables.assets.remove(owner: owner, digest: Self.digest(of: content))
            }
        } catch {
            logger.warning("an asset cannot be forgotten", metadata: ["reason": .string("\(error)")])
        }
    }

    /// The name's ending decides what the vendor makes of the bytes.
    private static func digest(of content: MediaContent) -> String {
        "\(content.digest).\(content.format.ending)"
    }

    /// Uploads a file, known or not.
    ///
    /// - Throws: `UpstreamFailure`, `ClientGone`.
    static func upload(
        _ file: AssetFile,
        through adapter: any AssetAdapter,
        at endpoint: Endpoint,
        calling caller: any UpstreamCaller
    ) throws -> Asset {
        let answer = try caller.call(adapter.uploadRequest(for: file, at: endpoint), limit: 1 << 20)
        guard answer.isSuccess else {
            throw adapter.failure(status: answer.status, fields: answer.fields, body: answer.body)
        }
        return try adapter.asset(in: answer.body)
    }

    /// A database that fails costs an upload, not the request.
    private func known(owner: String, digest: String, logger: Logger) -> Asset? {
        do throws(StoreError) {
            guard let store else { return nil }
            let now = now()
            let row = try store.read { tables throws(StoreError) in
                try tables.assets.row(owner: owner, digest: digest, now: now)
            }
            return row.map { Asset(path: $0.path, id: $0.id, isRemembered: true) }
        } catch {
            logger.warning("assets cannot be looked up", metadata: ["reason": .string("\(error)")])
            return nil
        }
    }

    /// Whether this process is the one to upload; others wait for it, a minute at most, should it die meanwhile.
    private func claim(owner: String, digest: String, logger: Logger) -> Bool {
        do throws(StoreError) {
            guard let store else { return true }
            let now = now()
            return try store.write { tables throws(StoreError) in
                try tables.assets.claim(owner: owner, digest: digest, now: now, until: now + Self.claimedFor)
            }
        } catch {
            logger.warning("an upload cannot be announced", metadata: ["reason": .string("\(error)")])
            return true
        }
    }

    private func remember(_ asset: Asset, owner: String, digest: String, logger: Logger) {
        do throws(StoreError) {
            guard let store else { return }
            let expires = now() + Self.keptFor
            try store.write { tables throws(StoreError) in
                try tables.assets.put(
                    AssetTable.Row(path: asset.path, id: asset.id),
                    owner: owner,
                    digest: digest,
                    expires: expires
                )
            }
        } catch {
            logger.warning("an asset cannot be remembered", metadata: ["reason": .string("\(error)")])
        }
    }
}
