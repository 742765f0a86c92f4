import CFastCGI
import Glibc

/// The CGI variables of a request (RFC 3875, 4.1): `REQUEST_METHOD`, `REQUEST_URI`, `HTTP_…`.
///
/// Values are bytes; as text, what is not UTF-8 is replaced by U+FFFD. Iteration goes in the web server's
/// order over pairs of name and raw value. Empty once the exchange is over. Belongs to one thread.
public final class ExchangeParameters: Sequence {
    /// A list of `NAME=value` strings, ended by a null pointer, as `environ(7)` has it.
    typealias List = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    private var list: List?

    init(list: List?) {
        self.list = list
    }

    /// The environment of this process.
    ///
    /// Read it before threads start that change it.
    public static func ofProcess() -> ExchangeParameters {
        ExchangeParameters(list: martlet_environment())
    }

    /// The value of a variable as text; nil when it is not there.
    public subscript(name: String) -> String? {
        find(name).map { String(cString: $0) }
    }

    /// The value of a variable as the web server sent it; nil when it is not there.
    public func bytes(of name: String) -> [UInt8]? {
        find(name).map(Self.bytes)
    }

    /// Goes through all variables.
    public func makeIterator() -> AnyIterator<(name: String, value: [UInt8])> {
        var position = 0
        return AnyIterator {
            while let entry = self.list?[position] {
                position += 1
                guard let equals = strchr(entry, CInt(UInt8(ascii: "="))) else { continue }
                let name = UnsafeRawBufferPointer(start: entry, count: equals - entry)
                return (String(decoding: name, as: UTF8.self), Self.bytes(equals + 1))
            }
            return nil
        }
    }

    /// Goes through all variables, as the iterator does, without a copy of any.
    public func forEachInPlace(_ body: (_ name: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
        var position = 0
        while let entry = list?[position] {
            position += 1
            guard let equals = strchr(entry, CInt(UInt8(ascii: "="))) else { continue }
            let name = UnsafeRawBufferPointer(start: entry, count: equals - entry)
            let value = UnsafeRawBufferPointer(start: equals + 1, count: strlen(equals + 1))
            body(name.bindMemory(to: UInt8.self).span, value.bindMemory(to: UInt8.self).span)
        }
    }

    /// Forgets the list, which is about to be freed.
    func end() {
        list = nil
    }

    private func find(_ name: String) -> UnsafePointer<CChar>? {
        // As `FCGX_GetParam` does, without a copy of the name.
        let name = name.utf8Span.span
        var position = 0
        while let entry = list?[position] {
            position += 1
            if let value = Self.value(of: name, in: entry) { return value }
        }
        return nil
    }

    /// What follows `name` and the equals sign; nil when the entry is another variable's.
    private static func value(of name: Span<UInt8>, in entry: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
        for index in name.indices {
            // The entry may be the shorter one.
            guard entry[index] != 0, UInt8(bitPattern: entry[index]) == name[index] else { return nil }
        }
        return entry[name.count] == CChar(bitPattern: UInt8(ascii: "=")) ? entry + name.count + 1 : nil
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
