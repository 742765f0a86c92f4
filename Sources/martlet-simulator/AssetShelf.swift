import MartletCore
import Synchronization

/// Keeps the latest uploads, for as long as the simulator runs.
final class AssetShelf: Sendable {
    private static let room = 256
    private let files = Mutex<[(key: String, file: UploadedFile)]>([])
    /// The keys by the ids that uploads were given.
    private let keys = Mutex<[String: String]>([:])

    subscript(key: String) -> UploadedFile? {
        files.withLock { files in files.first { $0.key == key }?.file }
    }

    /// An upload by its id.
    func file(_ identifier: String) -> UploadedFile? {
        keys.withLock { $0[identifier] }.flatMap { self[$0] }
    }

    /// Forgets an upload.
    func remove(_ identifier: String) {
        guard let key = keys.withLock({ $0.removeValue(forKey: identifier) }) else { return }
        files.withLock { files in files.removeAll { $0.key == key } }
    }

    /// Forgets everything.
    func removeAll() {
        keys.withLock { $0 = [:] }
        files.withLock { $0 = [] }
    }

    /// Keeps a result; its key.
    func keep(_ bytes: [UInt8], type: String, folder: String, ending: String) -> String {
        let name = RandomText.alphanumeric(12) + "." + ending
        let key = folder + "/" + name
        put(UploadedFile(name: name, type: type, bytes: bytes), as: key)
        return key
    }

    private func put(_ file: UploadedFile, as key: String) {
        files.withLock { files in
            if files.count == Self.room { files.removeFirst() }
            files.append((key, file))
        }
    }

    /// Keeps a file and describes it as 1min.ai does.
    func keep(_ file: UploadedFile, ending: String) -> JSON {
        let folder =
            file.type.hasPrefix("audio/") ? "audios" : file.type.hasPrefix("image/") ? "images" : "documents"
        let name = RandomText.alphanumeric(12) + "." + ending
        let key = folder + "/" + name
        put(file, as: key)
        let identifier = RandomText.alphanumeric(32)
        keys.withLock { $0[identifier] = key }
        return [
            "asset": [
                "fieldname": "asset", "originalname": .string(file.name), "mimetype": .string(file.type),
                "size": .number(JSONNumber(file.bytes.count)), "key": .string(key),
            ],
            "fileContent": [
                "uuid": .string(identifier), "path": .string(key), "type": .string(ending),
                "name": .string(name),
            ],
        ]
    }
}
