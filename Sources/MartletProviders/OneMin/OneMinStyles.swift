import HTTPTypes
import MartletCore

/// The styles of Dzine, one of which a job must name.
///
/// Source: `GET /api/dzine/styles`: `{"styleList":[{"name","style_code","base_model"}]}`, as a client that works uses it.
enum OneMinStyles {
    /// Asks for the list.
    static func request(at endpoint: Endpoint) -> UpstreamRequest {
        UpstreamRequest(
            method: .get,
            url: endpoint.origin + "/api/dzine/styles",
            fields: [.oneMinKey: endpoint.key.revealed, .accept: "application/json"]
        )
    }

    /// The fields that name "No Style", or the first style where there is none of that name.
    ///
    /// - Throws: `UpstreamFailure` for a refusal, and for an answer without styles.
    static func fields(in answer: UpstreamAnswer) throws(UpstreamFailure) -> JSONObject {
        guard answer.isSuccess else {
            throw OneMinErrors.failure(status: answer.status, fields: answer.fields, body: answer.body)
        }
        let styles = (try? JSON.parse(answer.body))?["styleList"]?.arrayValue ?? []
        let plain = styles.first { $0["name"]?.stringValue?.lowercased() == "no style" } ?? styles.first
        guard let code = plain?["style_code"]?.stringValue, let model = plain?["base_model"]?.stringValue
        else {
            throw UpstreamFailure(.serverFailed, text: "The list of styles cannot be read.")
        }
        return ["style_code": .string(code), "style_base_model": .string(model)]
    }
}
