import HTTPTypes
import MartletCore
import MartletProviders
public import MartletUpstream

/// Fetches the pictures and sounds that a vendor's answers name.
///
/// Answers may name any address. Those of the configured vendor are asked directly; all others go through a guard that
/// lets nobody into the inner network. The key is never sent along.
public struct ResultFetcher: Sendable {
    private static let longestResult = 64 << 20
    private let origins: [String]
    private let foreign: @Sendable (String, any ClientLink) throws -> [UInt8]

    /// Makes a fetcher.
    ///
    /// - Parameters:
    ///   - addresses: of the vendor, as configured; what lies on the same hosts is asked directly.
    ///   - foreign: fetches any other address, guarded, or throws `FetchFailure`.
    public init(
        vendor addresses: [String],
        foreign: @escaping @Sendable (String, any ClientLink) throws -> [UInt8]
    ) {
        origins = addresses.compactMap(Self.origin)
        self.foreign = foreign
    }

    /// The bytes at an address.
    ///
    /// - Throws: `UpstreamFailure` that hides the address; `ClientGone`.
    func fetch(_ address: String, calling caller: any UpstreamCaller, watching client: any ClientLink) throws
        -> [UInt8]
    {
        guard let origin = Self.origin(of: address), origins.contains(origin) else {
            do {
                return try foreign(address, client)
            } catch let failure as FetchFailure {
                throw UpstreamFailure(
                    failure == .timedOut ? .timedOut : .serverFailed,
                    text: "The finished file cannot be fetched.",
                    detail: "result: \(failure)"
                )
            }
        }
        let request = UpstreamRequest(method: .get, url: address, fields: [.accept: "*/*"])
        let answer = try caller.call(request, limit: Self.longestResult)
        guard answer.status == 200 else {
            throw UpstreamFailure(
                .serverFailed,
                text: "The finished file cannot be fetched.",
                detail: "result: status \(answer.status)"
            )
        }
        return answer.body
    }

    /// Scheme, host and port as they are written; nil for an address with a user's name, and for none.
    private static func origin(of address: String) -> String? {
        guard let scheme = ["https://", "http://"].first(where: { address.lowercased().hasPrefix($0) }) else {
            return nil
        }
        let authority = address.dropFirst(scheme.count).prefix {
            $0 != "/" && $0 != "?" && $0 != "#"
        }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        return scheme + authority.lowercased()
    }
}
