import Glibc
import MartletCore

/// Cuts a body into its parts.
///
/// Lines end with CRLF, as RFC 2046 has it: a parser that takes a bare LF too reads another form than its neighbour.
struct MultipartParser {
    private static let lineEnd: [UInt8] = [0x0d, 0x0a]
    private let body: [UInt8]
    /// `--boundary`.
    private let mark: [UInt8]
    private let limits: MultipartForm.Limits
    private var position = 0

    init(body: [UInt8], boundary: [UInt8], limits: MultipartForm.Limits) {
        self.body = body
        self.limits = limits
        mark = [0x2d, 0x2d] + boundary
    }

    /// Reads all parts.
    mutating func form() throws(GatewayError) -> [MultipartForm.Part] {
        var parts: [MultipartForm.Part] = []
        guard var isLast = skipPreamble() else { throw MultipartFields.error("its boundary does not occur.") }
        while !isLast {
            guard parts.count < limits.parts else {
                throw MultipartFields.error("it has more than \(limits.parts) parts.")
            }
            let fields = try fields()
            let start = position
            guard let (end, last) = nextMark() else {
                throw MultipartFields.error("it breaks off before its closing boundary.")
            }
            parts.append(try Self.part(fields, bytes: body[start..<max(start, end)]))
            isLast = last
        }
        return parts
    }

    /// Finds the first boundary, at the start of the body or of a line; whether it is the closing one.
    private mutating func skipPreamble() -> Bool? {
        if body.starts(with: mark), let last = endOfMark(at: mark.count) { return last }
        return nextMark()?.isLast
    }

    /// Finds the next line that is a boundary, and goes behind it.
    ///
    /// Binary data is full of things that are nearly one, so the search jumps from CR to CR.
    private mutating func nextMark() -> (end: Int, isLast: Bool)? {
        // The empty line behind the fields may be the one before the boundary: then the part has no bytes.
        var search = max(0, position - 2)
        while let end = nextCarriageReturn(from: search) {
            search = end + 1
            guard matches(Self.lineEnd, at: end), matches(mark, at: end + 2) else { continue }
            if let last = endOfMark(at: end + 2 + mark.count) { return (end, last) }
        }
        return nil
    }

    /// Goes behind a boundary that is followed by blanks and a line end, or by `--`; nil when it is only the beginning of
    /// another word.
    private mutating func endOfMark(at place: Int) -> Bool? {
        if matches([0x2d, 0x2d], at: place) {
            position = body.count
            return true
        }
        var place = place
        while place < body.count, body[place] == 0x20 || body[place] == 0x09 { place += 1 }
        guard matches(Self.lineEnd, at: place) else { return nil }
        position = place + 2
        return false
    }

    /// Reads the fields of a part up to the empty line.
    private mutating func fields() throws(GatewayError) -> [String: String] {
        let start = position
        var fields: [String: String] = [:]
        while true {
            let window = body[position..<min(body.count, start + limits.fieldBytes)]
            guard let end = window.firstIndex(of: 0x0d) else {
                let isCut = window.endIndex == body.count
                throw MultipartFields.error(
                    isCut
                        ? "it breaks off inside the fields of a part."
                        : "the fields of a part are longer than \(limits.fieldBytes) bytes."
                )
            }
            guard matches(Self.lineEnd, at: end) else {
                throw MultipartFields.error("a line in the fields of a part does not end with CR LF.")
            }
            let line = body[position..<end]
            position = end + 2
            if line.isEmpty { return fields }
            guard let text = String(validating: line, as: UTF8.self), !text.utf8.contains(0),
                let colon = text.firstIndex(of: ":")
            else { throw MultipartFields.error("a field of a part is not 'Name: value' in UTF-8.") }
            let name = text[..<colon].lowercased()
            if fields[name] == nil { fields[name] = String(text[text.index(after: colon)...]) }
        }
    }

    private static func part(
        _ fields: [String: String],
        bytes: ArraySlice<UInt8>
    ) throws(GatewayError) -> MultipartForm.Part {
        let (disposition, parameters) = MultipartFields.split(fields["content-disposition"] ?? "")
        guard disposition == "form-data", let name = parameters["name"] else {
            throw MultipartFields.error("a part has no 'Content-Disposition: form-data' with a name.")
        }
        guard !name.isEmpty, name.utf8.count <= 256 else {
            throw MultipartFields.error("the name of a part must have 1 to 256 bytes.")
        }
        let encoding = MultipartFields.split(fields["content-transfer-encoding"] ?? "binary").value
        guard ["binary", "7bit", "8bit"].contains(encoding) else {
            throw MultipartFields.error("parts must be sent as they are, without a transfer encoding.")
        }
        let type = MultipartFields.split(fields["content-type"] ?? "").value
        return MultipartForm.Part(
            name: name,
            fileName: parameters["filename"].map { MultipartFields.fileName($0) ?? "file" },
            contentType: type.isEmpty ? nil : type,
            bytes: bytes
        )
    }

    private func matches(_ bytes: [UInt8], at place: Int) -> Bool {
        guard place >= 0, place <= body.count - bytes.count else { return false }
        return body[place..<(place + bytes.count)].elementsEqual(bytes)
    }

    private func nextCarriageReturn(from start: Int) -> Int? {
        body.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count else { return nil }
            guard let found = memchr(base + start, 0x0d, bytes.count - start) else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
