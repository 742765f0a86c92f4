import Glibc
import MartletCore

/// A secret in the settings: `env:NAME`, `file:path`, or the secret itself.
enum SecretSetting {
    /// Why there is no secret.
    struct Fault: Error {
        let problem: String
    }

    /// Finds the secret.
    ///
    /// - Parameters:
    ///   - text: as it is written.
    ///   - environment: the variables.
    ///   - folder: where relative paths begin.
    /// - Returns: the secret itself.
    /// - Throws: `Fault`, which never repeats what is written.
    static func find(
        _ text: String,
        environment: [String: String],
        folder: String
    ) throws(Fault) -> Secret {
        if text.hasPrefix("env:") {
            let name = String(text.dropFirst(4))
            guard let value = environment[name].map(trimmed), !value.isEmpty else {
                throw Fault(problem: "names the variable \(name), which is not set.")
            }
            return try checked(value)
        }
        if text.hasPrefix("file:") {
            let named = String(text.dropFirst(5))
            let path = named.hasPrefix("/") ? named : "\(folder)/\(named)"
            guard let value = read(path).map(trimmed), !value.isEmpty else {
                throw Fault(problem: "names the file \(path), which cannot be read or is empty.")
            }
            return try checked(value)
        }
        return try checked(trimmed(text))
    }

    /// A key goes into a header field: printable ASCII without blanks.
    private static func checked(_ value: String) throws(Fault) -> Secret {
        let isSound = value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        guard isSound, (1...4_096).contains(value.utf8.count) else {
            throw Fault(problem: "must be printable ASCII without blanks.")
        }
        return Secret(value)
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        return String(text)
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count < 0 ? nil : String(validating: bytes[..<count], as: UTF8.self)
    }
}
