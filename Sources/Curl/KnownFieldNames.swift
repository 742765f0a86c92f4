import Glibc
import HTTPTypes

/// Names that nearly every answer brings along: finding one is cheaper than making it anew.
enum KnownFieldNames {
    private struct Known {
        let bytes: [UInt8]
        let name: HTTPField.Name

        init(_ name: HTTPField.Name) {
            bytes = Array(name.rawName.utf8)
            self.name = name
        }
    }

    /// Each name in its two usual spellings, which a field keeps.
    private static let all: [Known] = {
        let names: [HTTPField.Name] = [
            .accessControlAllowOrigin, .cacheControl, .connection, .contentLength, .contentType, .date, .eTag,
            .server, .setCookie, .strictTransportSecurity, .transferEncoding, .vary, .via,
        ]
        return names.map(Known.init) + names.compactMap { HTTPField.Name($0.canonicalName) }.map(Known.init)
    }()

    /// The name that is spelled with exactly these bytes; nil when it is none of the usual ones.
    static func find(_ spelling: UnsafeRawBufferPointer) -> HTTPField.Name? {
        guard let start = spelling.baseAddress else { return nil }
        for known in all where known.bytes.count == spelling.count {
            if memcmp(known.bytes, start, spelling.count) == 0 { return known.name }
        }
        return nil
    }
}
