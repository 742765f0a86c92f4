import MartletCore
import MartletProviders

/// A client's body as it came, to be handed on.
struct ReceivedBody: Sendable {
    /// All of it.
    let bytes: [UInt8]
    /// Where the model's name stands in a form; nil for JSON.
    var modelPlace: Range<Int>?

    /// Puts the body into a request, with some of its top-level members replaced and all other bytes as they are.
    func fill(_ request: inout UpstreamRequest, replacing members: JSONObject) {
        if let place = modelPlace, let model = members["model"]?.stringValue {
            request.body = bytes[..<place.lowerBound] + Array(model.utf8) + bytes[place.upperBound...]
        } else {
            request.body = members.isEmpty ? bytes : JSONMembers(of: bytes).setting(members)
        }
    }
}
