import CCurl
import HTTPTypes

/// One of libcurl's easy handles: the options of one transfer at a time, and where its answer is gathered.
///
/// Belongs to one session.
///
/// Source: curl_easy_setopt(3).
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    let reception = Reception()
    /// What produces the body of the transfer; nil when it has a whole one, or none.
    var upload: UploadReading?
    /// What decides about addresses; nil when any will do.
    var gate: AddressGate?
    private var lines: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    /// - Throws: `other` when memory is short.
    init() throws(TransferError) {
        let caches = SharedCaches.process
        guard let pointer = curl_easy_init() else {
            throw TransferError(code: CURLE_OUT_OF_MEMORY, afterHead: false, tlsDetail: "")
        }
        self.pointer = pointer
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        caches.attach(to: pointer)
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(lines)
        errorText.deallocate()
    }

    /// Sets every option for `transfer`.
    ///
    /// - Parameters:
    ///   - transfer: what to send.
    ///   - body: its body, which must stay where it is until `reset`.
    /// - Throws: `other` when this libcurl lacks an option, or memory is short.
    func prepare(_ transfer: Transfer, body: UnsafeRawBufferPointer?) throws(TransferError) {
        reception.reset(maximumBodySize: transfer.maximumBodySize)
        errorText[0] = 0
        try setCallbacks()
        try setTransport(transfer)
        try setTrust(transfer.tls)
        if let upload = transfer.upload {
            try setUpload(upload, method: transfer.method)
        } else {
            try setMethod(transfer.method, body: body)
        }
        if let permits = transfer.permits { try setGate(permits) }
        try setLines(transfer.fields)
        try set(CURLOPT_URL, transfer.url)
    }

    /// Forgets the transfer's options, and with them its secrets; the warm connection stays.
    func reset() {
        curl_easy_reset(pointer)
        curl_slist_free_all(lines)
        lines = nil
        upload = nil
        gate = nil
        reception.reset(maximumBodySize: nil)
    }

    /// How many bytes of the request's body were sent.
    var sentBodySize: Int {
        var size: curl_off_t = 0
        _ = ccurl_get_offset(pointer, CURLINFO_SIZE_UPLOAD_T, &size)
        return Int(size)
    }

    /// The error of a transfer that ended with `code`.
    func error(for code: CURLcode) -> TransferError {
        if reception.isTooLarge { return .tooLarge }
        if gate?.hasRefused == true, code == CURLE_COULDNT_CONNECT { return .addressRefused }
        return TransferError(
            code: code,
            afterHead: reception.hasHead,
            tlsDetail: errorText[0] == 0
                ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
        )
    }

    private func setCallbacks() throws(TransferError) {
        // Not retained: the reception lives as long as the handle.
        let context = Unmanaged.passUnretained(reception).toOpaque()
        try set(CURLOPT_HEADERDATA, pointingTo: context)
        try set(CURLOPT_WRITEDATA, pointingTo: context)
        try check(ccurl_set_receive(pointer, CURLOPT_HEADERFUNCTION, receiveLine))
        try check(ccurl_set_receive(pointer, CURLOPT_WRITEFUNCTION, receiveBody))
        try set(CURLOPT_ERRORBUFFER, pointingTo: errorText)
    }

    private func setTransport(_ transfer: Transfer) throws(TransferError) {
        let version =
            switch transfer.version {
            case .http1: CURL_HTTP_VERSION_1_1
            case .http2: CURL_HTTP_VERSION_2TLS
            }
        try set(CURLOPT_HTTP_VERSION, Int(version))
        try set(CURLOPT_PROTOCOLS_STR, constant: "http,https")
        try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        // Events and answers are small, and every stream has this buffer (libcurl's default: 16 KiB).
        try set(CURLOPT_BUFFERSIZE, 4_096)
        try set(CURLOPT_UPLOAD_BUFFERSIZE, 16_384)
        try set(CURLOPT_PATH_AS_IS, 1)
        // An empty string, unlike none, keeps libcurl from asking the environment.
        try set(CURLOPT_PROXY, constant: "")
        if let proxy = transfer.proxy { try set(CURLOPT_PROXY, proxy) }
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try set(CURLOPT_NOSIGNAL, 1)
        // Leaving does not wait for a resolver that hangs.
        try set(CURLOPT_QUICK_EXIT, 1)
        let connect = transfer.limits.connect / .milliseconds(1)
        try set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(min(connect, Double(Int32.max)))))
        try set(CURLOPT_MAXAGE_CONN, SessionPool.maximumIdleSeconds)
        try set(CURLOPT_TCP_NODELAY, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_TCP_KEEPIDLE, 60)
        try set(CURLOPT_TCP_KEEPINTVL, 30)
    }

    private func setTrust(_ options: TLSOptions) throws(TransferError) {
        let store = options.authorityFile.map(TrustStore.bundle) ?? TrustStore.system
        var (filePath, directoryPath): (String?, String?) = (nil, nil)
        switch store {
        case .bundle(let path): filePath = path
        case .directory(let path): directoryPath = path
        case nil: break
        }
        try set(CURLOPT_CAINFO, filePath)
        try set(CURLOPT_CAPATH, directoryPath)
        try set(CURLOPT_PROXY_CAINFO, filePath)
        try set(CURLOPT_PROXY_CAPATH, directoryPath)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        let minimum =
            switch options.minimumVersion {
            case .tls12: CURL_SSLVERSION_TLSv1_2
            case .tls13: CURL_SSLVERSION_TLSv1_3
            }
        try set(CURLOPT_SSLVERSION, Int(minimum))
        guard let certificate = options.clientCertificate else { return }
        try set(CURLOPT_SSLCERT, certificate.certificateFile)
        try set(CURLOPT_SSLKEY, certificate.keyFile)
    }

    private func setMethod(
        _ method: HTTPRequest.Method,
        body: UnsafeRawBufferPointer?
    ) throws(TransferError) {
        if method == .head { return try set(CURLOPT_NOBODY, 1) }
        try set(CURLOPT_CUSTOMREQUEST, method.rawValue)
        let expectsBody = [.post, .put, .patch].contains(method)
        guard body != nil || expectsBody else { return }
        try check(ccurl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body?.count ?? 0)))
        if let start = body?.baseAddress, body?.isEmpty == false {
            try set(CURLOPT_POSTFIELDS, pointingTo: start)
        } else {
            // Without any pointer libcurl would read the body from the standard input.
            try set(CURLOPT_COPYPOSTFIELDS, constant: "")
        }
    }

    private func setLines(_ fields: HTTPFields) throws(TransferError) {
        // "Name:" takes out what libcurl would add by itself.
        try append(line: "Accept:")
        try append(line: "Content-Type:")
        try append(line: "Expect:")
        var line: [UInt8] = []
        line.reserveCapacity(256)
        for field in fields where !Self.framing.contains(field.name) {
            line.removeAll(keepingCapacity: true)
            line += field.name.rawName.utf8
            // "Name;" is libcurl's spelling of a field with an empty value.
            line += (field.value.isEmpty ? ";" : ": ").utf8
            line += field.value.utf8
            line.append(0)
            try append(line)
        }
        try set(CURLOPT_HTTPHEADER, pointingTo: lines)
    }

    /// Few enough to be compared one by one.
    private static let framing: [HTTPField.Name] = [
        .connection, .contentLength, .expect, .transferEncoding,
    ]

    private func append(line: StaticString) throws(TransferError) {
        try append(UnsafeRawPointer(line.utf8Start).assumingMemoryBound(to: CChar.self))
    }

    /// Copies a line that ends with a zero.
    private func append(_ line: [UInt8]) throws(TransferError) {
        try line.withUnsafeBufferPointer { bytes throws(TransferError) in
            try append(UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self))
        }
    }

    private func append(_ line: UnsafePointer<CChar>?) throws(TransferError) {
        guard let longer = curl_slist_append(lines, line) else { throw error(for: CURLE_OUT_OF_MEMORY) }
        lines = longer
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransferError) {
        try check(ccurl_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: String?) throws(TransferError) {
        // Handed over as it is, where the call alone would make a copy first.
        let code = value.map { $0.withCString { ccurl_set_string(pointer, option, $0) } }
        try check(code ?? ccurl_set_string(pointer, option, nil))
    }

    private func set(_ option: CURLoption, constant value: StaticString) throws(TransferError) {
        try set(option, pointingTo: value.utf8Start)
    }

    func set(_ option: CURLoption, pointingTo value: UnsafeRawPointer?) throws(TransferError) {
        try check(ccurl_set_pointer(pointer, option, value))
    }

    func check(_ code: CURLcode) throws(TransferError) {
        guard code == CURLE_OK else { throw error(for: code) }
    }
}

private let receiveLine: ccurl_receive = { bytes, size, count, context in
    receive(bytes, size * count, context) { $0.receiveLine($1) }
}

private let receiveBody: ccurl_receive = { bytes, size, count, context in
    receive(bytes, size * count, context) { $0.receiveBody($1) }
}

/// What libcurl wants to hear: the number of bytes, or another one to end the transfer.
private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?,
    _ accept: (Reception, UnsafeRawBufferPointer) -> Bool
) -> Int {
    guard let context else { return 0 }
    let reception = Unmanaged<Reception>.fromOpaque(context).takeUnretainedValue()
    // One byte "taken" of none is as wrong as none of some.
    return accept(reception, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : count &+ 1
}
