public import HTTPTypes
public import MartletCore

extension ResponseWriter {
    /// Sends a whole answer, which goes out with its end when the handler returns.
    ///
    /// Flushed, it would reach the web server in two pieces and wake it twice.
    ///
    /// - Throws: `ClientGone` when nobody reads any more.
    public func send(
        _ bytes: [UInt8],
        status: HTTPResponse.Status = .ok,
        contentType: String = "application/json"
    ) throws(ClientGone) {
        let fields: HTTPFields = [.contentType: contentType, .contentLength: String(bytes.count)]
        try begin(HTTPResponse(status: status, headerFields: fields))
        try write(bytes)
    }

    /// Sends a JSON value.
    ///
    /// - Throws: `ClientGone` when nobody reads any more.
    public func send(_ json: JSON, status: HTTPResponse.Status = .ok) throws(ClientGone) {
        try send(json.serialized(), status: status)
    }

    /// Sends an answer without a body.
    ///
    /// - Throws: `ClientGone` when nobody reads any more.
    public func sendEmpty(status: HTTPResponse.Status) throws(ClientGone) {
        try begin(HTTPResponse(status: status))
    }
}
