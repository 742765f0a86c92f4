import CCurl
import Glibc
import HTTPTypes

/// A body on its way out.
///
/// Belongs to one session.
final class UploadReading {
    private let open: () -> (Int) -> [UInt8]
    private var next: ((Int) -> [UInt8])?

    init(_ upload: Upload) {
        open = upload.open
    }

    /// Fills a buffer and returns how many bytes it took; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let next = self.next ?? open()
        self.next = next
        let bytes = next(buffer.count).prefix(buffer.count)
        buffer.copyBytes(from: bytes)
        return bytes.count
    }

    func rewind() { next = nil }
}

extension EasyHandle {
    /// Lets libcurl fetch the body when it has room for more.
    ///
    /// Source: CURLOPT_READFUNCTION(3), CURLOPT_SEEKFUNCTION(3).
    func setUpload(_ upload: Upload, method: HTTPRequest.Method) throws(TransferError) {
        let reading = UploadReading(upload)
        self.upload = reading
        try set(CURLOPT_POST, 1)
        try set(CURLOPT_CUSTOMREQUEST, method.rawValue)
        try check(ccurl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(upload.size)))
        // Not retained: the handle keeps it until `reset`.
        let context = Unmanaged.passUnretained(reading).toOpaque()
        try set(CURLOPT_READDATA, pointingTo: context)
        try check(ccurl_set_receive(pointer, CURLOPT_READFUNCTION, readBody))
        try set(CURLOPT_SEEKDATA, pointingTo: context)
        try check(ccurl_set_seek(pointer, CURLOPT_SEEKFUNCTION, rewindBody))
    }
}

private let readBody: ccurl_receive = { buffer, size, count, context in
    guard let context else { return 0 }
    let reading = Unmanaged<UploadReading>.fromOpaque(context).takeUnretainedValue()
    return reading.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

/// Only the start is sought: when a kept connection turns out to be closed and the request is sent again.
private let rewindBody: ccurl_seek = { context, offset, origin in
    guard let context, offset == 0, origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
    Unmanaged<UploadReading>.fromOpaque(context).takeUnretainedValue().rewind()
    return CURL_SEEKFUNC_OK
}
