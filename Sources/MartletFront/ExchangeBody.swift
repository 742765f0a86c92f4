import FastCGI
import MartletCore
import MartletWeb

/// The body of an exchange, as the web kit reads it.
final class ExchangeBody: RequestBody {
    private let input: ExchangeInput
    private var bytes: [UInt8]?

    init(_ input: ExchangeInput) {
        self.input = input
    }

    func read(limit: Int) throws -> [UInt8] {
        if let bytes { return bytes }
        do throws(ExchangeError) {
            let read = try input.read(limit: limit)
            bytes = read
            return read
        } catch .tooLarge {
            throw GatewayError(.bodyTooLarge, "The body is longer than \(limit >> 20) MiB.")
        } catch {
            throw ClientGone()
        }
    }
}
