/// Writes JSON piece by piece, commas included.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.key("id")
/// writer.string("chatcmpl-1")
/// writer.key("created")
/// writer.int(1_700_000_000)
/// writer.endObject()
/// ```
/// The output is UTF-8 without insignificant white space; only what RFC 8259, section 7, requires is escaped.
/// Whether pieces fit together (a key before each member, every bracket closed) is up to the caller.
public struct JSONWriter: Sendable {
    /// What has been written.
    public var bytes: [UInt8] = []

    /// Whether the next element or member follows another one.
    private var needsComma = false

    /// Starts with nothing written.
    public init() {}

    /// Starts with nothing written, and with room for `capacity` bytes.
    public init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes a value.
    public mutating func write(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .longString(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { write(element) }
            endArray()
        case .object(let members):
            write(members)
        }
    }

    /// Writes an object.
    public mutating func write(_ members: JSONObject) {
        beginObject()
        for (name, value) in members {
            key(name)
            write(value)
        }
        endObject()
    }

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes the innermost object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes the innermost array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes the name of the member whose value comes next.
    public mutating func key(_ name: String) {
        separate()
        bytes.appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes the name of the member whose value comes next, which must need no escapes.
    ///
    /// For the program's own names: nothing is looked for in them.
    public mutating func plainKey(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string.
    public mutating func string(_ value: String) {
        separate()
        bytes.appendQuoted(value)
    }

    /// Writes a string that lies in a document: as it is spelled there.
    public mutating func string(_ value: SourceText) {
        guard value.form != .resolved else { return string(value.string) }
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: value.document[value.range])
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a whole number.
    public mutating func int(_ value: Int) {
        separate()
        bytes.append(decimal: value)
    }

    /// Writes a number as it is spelled.
    public mutating func number(_ value: JSONNumber) {
        separate()
        bytes.append(utf8: value.text)
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    /// Writes `null`.
    public mutating func null() {
        raw("null")
    }

    /// Writes a value, or members with their keys, that are JSON already.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Writes a value, or members with their keys, that are JSON already.
    public mutating func raw(_ json: StaticString) {
        separate()
        bytes.append(json)
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
