import Glibc
import MartletAccounts
import MartletCore

/// The keys that seal what the database keeps of channels' keys: a file in the state folder with one on each line, the one
/// that seals first; or what the settings name.
struct MasterKeys: Sendable {
    /// What the settings name; nil for the file.
    let configured: Secret?
    private let file: SecretFile

    init(_ configuration: Configuration, state: StateFolder) {
        configured = configuration.masterKey
        file = SecretFile(path: state.path("master.key"))
    }

    /// What seals and opens; nil where there is no key, or one that is too short.
    func vault() -> Vault? {
        let kept = (try? file.readAll()) ?? []
        return Vault(masterKeys: (configured.map { [$0] } ?? []) + kept)
    }

    /// The same, with a key that is made where there is none.
    ///
    /// - Throws: `StateFolderError` where the file cannot be written or read.
    func vaultOrNew() throws(StateFolderError) -> Vault {
        if configured == nil { _ = try file.readOrMake() }
        guard let vault = vault() else { throw StateFolderError(path: file.path, code: EINVAL) }
        return vault
    }

    /// Puts a new key before the others: from now on it seals, and the others still open.
    ///
    /// - Throws: `StateFolderError` where the file cannot be written.
    func addNew() throws(StateFolderError) {
        try file.replace(with: [Secret(RandomText.alphanumeric(64))] + (try file.readAll()))
    }

    /// Forgets all keys but the first: nothing is sealed with them any more.
    ///
    /// - Throws: `StateFolderError` where the file cannot be written.
    func forgetOld() throws(StateFolderError) {
        try file.replace(with: configured == nil ? Array(try file.readAll().prefix(1)) : [])
    }
}
