import HTTPTypes
import MartletCore
import MartletWeb

/// Lets an answer through and keeps a copy of it, up to a length.
///
/// Belongs to the thread of its request.
final class CopyingWriter: ResponseWriter {
    /// An answer as it was recorded.
    struct Answer {
        var contentType: String
        /// Nil for one that was too long.
        var body: [UInt8]?
    }

    private let writer: any ResponseWriter
    private let limit: Int
    private var status: HTTPResponse.Status?
    private var contentType = ""
    private var body: [UInt8]? = []

    init(to writer: any ResponseWriter, limit: Int) {
        self.writer = writer
        self.limit = limit
    }

    var isCommitted: Bool { writer.isCommitted }
    /// Whether the answer is one, and no error.
    var isSuccess: Bool { status == .ok }

    func begin(_ head: HTTPResponse) throws(ClientGone) {
        status = head.status
        contentType = head.headerFields[.contentType] ?? ""
        try writer.begin(head)
    }

    func write(_ bytes: [UInt8]) throws(ClientGone) {
        if let count = body?.count {
            if count + bytes.count <= limit { body? += bytes } else { body = nil }
        }
        try writer.write(bytes)
    }

    func flush() throws(ClientGone) { try writer.flush() }

    /// The answer in one piece: a line that says what follows, and what follows.
    var record: [UInt8] {
        let head: JSON = ["type": .string(contentType), "whole": .bool(body != nil)]
        return head.serialized() + [UInt8(ascii: "\n")] + (body ?? [])
    }

    /// Reads what `record` gave; nil for anything else.
    static func read(_ record: [UInt8]) -> Answer? {
        guard let end = record.firstIndex(of: UInt8(ascii: "\n")),
            let head = try? JSON.parse(Array(record[..<end])), let type = head["type"]?.stringValue
        else { return nil }
        let isWhole = head["whole"]?.boolValue ?? false
        return Answer(contentType: type, body: isWhole ? Array(record[(end + 1)...]) : nil)
    }
}
