import MartletCore
import MartletProviders

/// A client's body as it came, to be handed on.
struct ReceivedBody: Sendable {
    /// All of it.
    let bytes: [UInt8]

    /// Puts the body into a request, with some of its top-level members replaced and all other bytes as they are.
    func fill(_ request: inout UpstreamRequest, replacing members: JSONObject) {
        request.body = members.isEmpty ? bytes : JSONMembers(of: bytes).setting(members)
    }
}
