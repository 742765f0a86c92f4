import FastCGI
import MartletCore
import MartletWeb

/// The body of an exchange, as the web kit reads it.
final class ExchangeBody: RequestBody {
    private let exchange: Exchange
    private var bytes: [UInt8]?

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    var expectedCount: Int? { exchange.parameters["CONTENT_LENGTH"].flatMap(Int.init) }

    func readPieces(limit: Int, keeping memory: Int, _ take: ([UInt8]) throws -> Void) throws {
        let expected = exchange.parameters["CONTENT_LENGTH"].flatMap(Int.init) ?? 0
        // What a web server says is short is nearly always so; where it is not, the limit is the same.
        guard bytes == nil, expected > memory else { return try take(read(limit: limit)) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
        defer { buffer.deallocate() }
        var total = 0
        while !exchange.input.hasEnded {
            let count: Int
            do throws(ExchangeError) {
                count = try exchange.input.read(into: buffer)
            } catch {
                throw ClientGone()
            }
            total += count
            guard total <= limit else {
                // Read on and thrown away, so that the web server gets to see the answer.
                do throws(ExchangeError) {
                    _ = try exchange.input.read(limit: 0)
                } catch {
                    guard case .tooLarge = error else { throw ClientGone() }
                }
                throw GatewayError(.bodyTooLarge, "The body is longer than \(limit >> 20) MiB.")
            }
            if count > 0 { try take([UInt8](buffer.prefix(count))) }
        }
    }

    func read(limit: Int) throws -> [UInt8] {
        if let bytes { return bytes }
        do throws(ExchangeError) {
            let read = try exchange.input.read(
                limit: limit,
                expecting: exchange.parameters["CONTENT_LENGTH"].flatMap(Int.init)
            )
            bytes = read
            return read
        } catch .tooLarge {
            throw GatewayError(.bodyTooLarge, "The body is longer than \(limit >> 20) MiB.")
        } catch {
            throw ClientGone()
        }
    }
}
