import HTTPTypes

/// What libcurl's callbacks have received and nobody has taken yet.
///
/// The callbacks only gather: pieces are delivered after libcurl has returned, so that the receiver may block
/// or throw. Between two deliveries libcurl reads once, so that `body` stays near its buffer's size.
///
/// Belongs to one session.
final class Reception {
    /// The largest head that is accepted, in bytes.
    private static let maximumHeadSize = 256 * 1024

    private(set) var status = 0
    private(set) var fields = HTTPFields()
    private(set) var body: [UInt8] = []
    /// The final head has arrived; what follows is body, or trailers, which are dropped.
    private(set) var hasHead = false
    /// Grows with the final head and with every byte of the body.
    private(set) var progress = 0
    /// Something was refused for its size.
    private(set) var isTooLarge = false
    private var headSize = 0
    private var remainingBodySize = Int.max

    /// Forgets the last answer and expects a new one.
    func reset(maximumBodySize: Int?) {
        status = 0
        fields = HTTPFields()
        body = []
        hasHead = false
        progress = 0
        isTooLarge = false
        headSize = 0
        remainingBodySize = maximumBodySize ?? .max
    }

    /// Empties `body`, whose memory is used again unless the receiver has kept it.
    func clearBody() {
        body.removeAll(keepingCapacity: true)
    }

    /// Takes a part of the body.
    ///
    /// - Returns: false when it is too large.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= remainingBodySize else {
            isTooLarge = true
            return false
        }
        remainingBodySize -= bytes.count
        progress += bytes.count
        body.append(contentsOf: bytes)
        return true
    }

    /// Takes one line of a head with its line end: a status line, a field, or the empty line that ends it.
    ///
    /// - Returns: false when the head is too large.
    func receiveLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !hasHead else { return true }
        headSize += bytes.count
        guard headSize <= Self.maximumHeadSize else {
            isTooLarge = true
            return false
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        if line.starts(with: "HTTP/".utf8) {
            status = Self.status(in: line)
            fields = HTTPFields()
            fields.reserveCapacity(12)
        } else if line.isEmpty {
            endHead()
        } else {
            receiveField(line)
        }
        return true
    }

    private func endHead() {
        guard status >= 200 else { return }
        hasHead = true
        progress += 1
    }

    private func receiveField(_ line: Slice<UnsafeRawBufferPointer>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let spelling = UnsafeRawBufferPointer(rebasing: line[..<colon])
        guard let name = KnownFieldNames.find(spelling) ?? HTTPField.Name(Self.text(spelling)) else { return }
        // The field would take off the blanks as well, but by way of another copy.
        var value = line[(colon + 1)...].drop(while: Self.isBlank)
        while let last = value.last, Self.isBlank(last) { value.removeLast() }
        // Bytes that may be no UTF-8 are kept as they are; looking at each takes longer.
        let isPlain = value.allSatisfy { $0 < 0x80 }
        fields.append(
            isPlain
                ? HTTPField(name: name, value: Self.text(UnsafeRawBufferPointer(rebasing: value)))
                : HTTPField(name: name, value: value)
        )
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// The number after the first blank, 0 when there is none.
    private static func status(in line: Slice<UnsafeRawBufferPointer>) -> Int {
        let digits = line.drop { $0 != UInt8(ascii: " ") }.dropFirst().prefix(3)
        return Int(String(decoding: digits, as: UTF8.self)) ?? 0
    }
}
