import MartletCore

/// Reads what a record says of pictures, sounds and transcripts.
struct OneMinJobRecord {
    private let answer: JSON
    private let record: JSON
    private let shared: OneMinRecord
    private let assetOrigin: String

    init(_ answer: JSON, assetOrigin: String) {
        self.answer = answer
        self.assetOrigin = assetOrigin
        record = answer["aiRecord"] ?? answer
        shared = OneMinRecord(in: answer)
    }

    /// Why it failed; nil when it did not.
    var failure: UpstreamFailure? { shared.failure }
    /// The tokens it took; nil when the record does not say.
    var usage: TokenUsage? { shared.usage }
    /// The text of the result.
    var text: String? { shared.text }

    /// Where the results are: absolute addresses, in order.
    ///
    /// A result is an address or the key of an asset. The signed address is that of the first result, and better than
    /// the public one, because assets are stored privately.
    var addresses: [String] {
        let results = Self.texts(in: record["aiRecordDetail"]?["resultObject"])
        let link = signedAddress
        if results.isEmpty { return link.map { [$0] } ?? [] }
        return results.enumerated().compactMap { index, result in
            if Self.isAddress(result) { return result }
            guard !result.contains("://") else { return nil }
            let key = String(result.drop { $0 == "/" })
            guard !key.isEmpty else { return nil }
            let path = "/" + Self.escaped(key)
            if index == 0, let link, Self.path(of: link).hasSuffix(path) { return link }
            return assetOrigin + path
        }
    }

    /// A sound's address: the signed one wherever it is, else the result's own.
    var soundAddress: String? { signedAddress ?? addresses.first }

    private var signedAddress: String? {
        let list = answer["result"]?["resultList"]?.arrayValue ?? []
        let detail = record["aiRecordDetail"]
        let places: [JSON?] =
            [answer["temporaryUrl"]] + list.map { $0["temporaryUrl"] } + [
                record["temporaryUrl"], detail?["signedUrls"], detail?["signedUrl"], answer["signedUrls"],
                answer["signedUrl"],
            ]
        return places.lazy.flatMap(Self.texts).first(where: Self.isAddress)
    }

    private static func texts(in place: JSON?) -> [String] {
        guard let place else { return [] }
        return place.arrayValue?.compactMap(\.stringValue) ?? place.stringValue.map { [$0] } ?? []
    }

    private static func isAddress(_ text: String) -> Bool {
        (text.hasPrefix("https://") || text.hasPrefix("http://"))
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }

    /// What may not stand in a path as it is; a percent sign may be an escape already.
    private static func escaped(_ key: String) -> String {
        let plain = Array("-._~/%!$&'()*+,;=:@".utf8)
        var bytes: [UInt8] = []
        for byte in key.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: bytes.append(byte)
            case _ where plain.contains(byte): bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x41 + value - 10
    }

    private static func path(of address: String) -> Substring {
        address.prefix { $0 != "?" && $0 != "#" }
    }
}
