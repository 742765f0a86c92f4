import ArgumentParser
import MartletCore
import MartletStore

/// `martlet price …`: what models cost.
struct PriceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "price",
        abstract:
            "Set, list and delete prices while the service runs; they come before those of the settings.",
        subcommands: [ListPrices.self, SetPrice.self, DeletePrice.self]
    )
}

/// `martlet price list`.
struct ListPrices: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the prices of the database, the more special first."
    )

    @OptionGroup var options: CommonOptions

    func run() throws {
        let rows = try Records(options).read { tables throws(StoreError) in try tables.prices.all() }
        TextTable.write(
            ["ID", "MODEL", "CHANNEL", "DOLLARS"],
            rows.map { row in
                let prices = ModelPrice.classes.compactMap { name in
                    row.price[class: name].flatMap { $0 > 0 ? "\(name) \($0)" : nil }
                }
                return [
                    "\(row.id)", row.model, row.channel.isEmpty ? "all" : row.channel,
                    prices.isEmpty ? "free" : prices.joined(separator: ", "),
                ]
            }
        )
    }
}

/// `martlet price set MODEL CLASS=DOLLARS …`.
struct SetPrice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set what a model costs, in US dollars: by a million tokens, or by the piece.",
        discussion:
            "For example: martlet price set 'gpt-4o*' input=2.5 output=10 cached_input=1.25. Classes: "
            + ModelPrice.classes.joined(separator: ", ") + "."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The model's name, with * for any text.") var model: String
    @Argument(help: "A class and its price, for example input=2.5; 0 for what is free.") var prices: [String]
    @Option(help: "The channel; all channels without one.") var channel = ""

    func run() throws {
        var price = ModelPrice()
        for text in prices {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, ModelPrice.classes.contains(String(parts[0])),
                let dollars = Double(parts[1]),
                (0...ModelPrice.highest).contains(dollars)
            else { throw Refused("'\(text)' is no class and price, such as input=2.5 (see --help)") }
            price[class: String(parts[0])] = dollars
        }
        guard !prices.isEmpty, !model.isEmpty else { throw Refused("a model and a price must be named") }
        let row = StoredPriceTable.Row(channel: channel, model: model, price: price)
        let detail = prices.joined(separator: ", ")
        let number = try Records(options).change("price.update", of: "price of \(model)", detail) {
            tables throws(StoreError) in try tables.prices.put(row)
        }
        print("price \(number ?? 0): \(model)")
    }
}

/// `martlet price delete ID`.
struct DeletePrice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a price: the settings' or the catalogue's counts again."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The price's number.") var id: Int64

    func run() throws {
        let isDone = try Records(options).change("price.delete", of: "price \(id)") {
            tables throws(StoreError) -> Bool? in try tables.prices.remove(id) ? true : nil
        }
        guard isDone != nil else { throw Refused("there is no price \(id)") }
        print("price \(id): deleted")
    }
}
