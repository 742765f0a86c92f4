import CCurl

extension TransferError {
    /// Libcurl's verdict on a transfer as one of our cases.
    ///
    /// - Parameters:
    ///   - code: not `CURLE_OK`.
    ///   - afterHead: the head of the answer had arrived.
    ///   - tlsDetail: libcurl's own words about this transfer.
    init(code: CURLcode, afterHead: Bool, tlsDetail: @autoclosure () -> String) {
        self =
            switch code {
            case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: .invalidRequest
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
            case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY: .connect
            // The connect limit is the only one that is left to libcurl.
            case CURLE_OPERATION_TIMEDOUT: .connectTimeout
            case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
                CURLE_HTTP2_STREAM:
                .cut(afterHead: afterHead)
            // The scheme was checked before: what is not supported is an answer without a status line.
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: .malformed
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
                CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CLIENTCERT,
                CURLE_USE_SSL_FAILED:
                .tls(tlsDetail())
            default: .other(code: Int(code.rawValue), text: String(cString: curl_easy_strerror(code)))
            }
    }
}
