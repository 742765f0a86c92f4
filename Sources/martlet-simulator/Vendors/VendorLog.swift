import MartletCore
import Synchronization

/// What the simulated vendors have seen: the judge in tests of fallback and of translation.
final class VendorLog: Sendable {
    private struct Entry {
        var requests = 0
        var keys: [String: Int] = [:]
        var last: JSON = .null
        var path = ""
        var fields: [String: String] = [:]
        var open = 0
        var aborted = 0
    }

    private let entries = Mutex<[String: Entry]>([:])

    func count(_ vendor: String, key: String, path: String, body: JSON, fields: [String: String]) {
        entries.withLock { entries in
            var entry = entries[vendor] ?? Entry()
            entry.requests += 1
            entry.keys[key, default: 0] += 1
            (entry.last, entry.path, entry.fields) = (body, path, fields)
            entries[vendor] = entry
        }
    }

    func openStream(_ vendor: String) { entries.withLock { $0[vendor, default: Entry()].open += 1 } }

    func closeStream(_ vendor: String, aborted: Bool) {
        entries.withLock { entries in
            entries[vendor, default: Entry()].open -= 1
            if aborted { entries[vendor, default: Entry()].aborted += 1 }
        }
    }

    func forget() { entries.withLock { $0 = [:] } }

    /// `{VENDOR: {"requests","keys":{KEY: number},"last_path","last_request","last_fields","open_streams",
    /// "aborted_streams"}}`.
    var json: JSON {
        entries.withLock { entries in
            .object(
                JSONObject(
                    entries.map { vendor, entry in
                        (
                            vendor,
                            [
                                "requests": JSON(entry.requests),
                                "keys": .object(JSONObject(entry.keys.map { ($0.key, JSON($0.value)) })),
                                "last_path": .string(entry.path), "last_request": entry.last,
                                "last_fields": .object(
                                    JSONObject(entry.fields.map { ($0.key, .string($0.value)) })
                                ),
                                "open_streams": JSON(entry.open), "aborted_streams": JSON(entry.aborted),
                            ]
                        )
                    }
                )
            )
        }
    }
}
