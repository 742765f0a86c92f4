/// Recognises a document by its first bytes, and with the help of its name where several formats begin alike.
public enum DocumentFormat {
    /// What lies in a ZIP archive, by the ending of its name.
    private static let archives: [String: String] = [
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt": "application/vnd.oasis.opendocument.text",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "odp": "application/vnd.oasis.opendocument.presentation",
        "epub": "application/epub+zip",
    ]
    /// What lies in an OLE compound file, by the ending of its name.
    private static let compounds: [String: String] = [
        "doc": "application/msword", "xls": "application/vnd.ms-excel",
        "ppt": "application/vnd.ms-powerpoint",
    ]
    /// Texts that keep their ending; every other one is sent as `.txt`.
    private static let texts: [String: String] = ["csv": "text/csv", "html": "text/html", "htm": "text/html"]

    /// Judges a document.
    ///
    /// - Parameters:
    ///   - head: the first bytes.
    ///   - isWhole: whether they are all.
    ///   - name: what the sender calls the file.
    /// - Returns: the format; nil when the bytes are no PDF, Office document, RTF or text in UTF-8.
    public static func find(head: [UInt8], isWhole: Bool, named name: String?) -> MediaFormat? {
        let ending = name.map { $0.lowercased() }.flatMap { name in
            name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) }
        }
        if head.starts(with: "%PDF-".utf8) { return .pdf }
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            guard let ending, let type = archives[ending] else { return nil }
            return MediaFormat(type: type, ending: ending)
        }
        if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            guard let ending, let type = compounds[ending] else { return nil }
            return MediaFormat(type: type, ending: ending)
        }
        if head.starts(with: "{\\rtf".utf8) { return MediaFormat(type: "application/rtf", ending: "rtf") }
        guard isText(head, isWhole: isWhole) else { return nil }
        guard let ending, let type = texts[ending] else { return .text }
        return MediaFormat(type: type, ending: ending)
    }

    /// Whether bytes are UTF-8 without control characters; a character that is cut at the end may be one.
    private static func isText(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        var bytes = bytes[...]
        if !isWhole, let start = bytes.suffix(4).lastIndex(where: { $0 & 0xC0 != 0x80 }), bytes[start] >= 0xC0
        {
            bytes = bytes[..<start]
        }
        let isPlain = bytes.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D || $0 == 0x0C }
        return isPlain && String(validating: bytes, as: UTF8.self) != nil
    }
}
