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
