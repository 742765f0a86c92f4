import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// Prices that are set while the service runs, at `/api/price`: before those of the settings, and of the catalogue.
///
/// Dollars for a million tokens, or for one of anything else; see `ModelPrice.classes`.
enum PriceEndpoints {
    private static let model = Field<String>.text("model", atMost: 200)
    private static let channel = Field<String>.text("channel", atMost: 64)
    private static let prices = ModelPrice.classes.map { Field<Double>.number($0, 0...ModelPrice.highest) }

    static let routes = [
        ConsoleRoute(
            .get,
            "/api/price",
            "The prices that were set here, the more special first, in US dollars: by a million tokens, or by the piece.",
            .admin
        ) { call in
            let rows = try call.read { tables throws(StoreError) in try tables.prices.all() }
            return .data(.array(rows.map(json)))
        },
        ConsoleRoute(
            .put,
            "/api/price",
            "Sets the price of models ('*' stands for any text), at all channels or one. What is left out is free, or follows "
                + "from the price of other tokens.",
            .owner,
            fields: [model.listed.required, channel.listed] + prices.map(\.listed)
        ) { call in
            let row = try row(in: call)
            let number = try call.change("price.update", of: "price of \(row.model)", detail(of: row)) {
                tables throws(StoreError) in try tables.prices.put(row)
            }
            return .data(["id": JSON(Int(number ?? 0))])
        },
        ConsoleRoute(
            .delete,
            "/api/price/{id}",
            "Deletes a price: the settings' or the catalogue's counts again.",
            .owner
        ) { call in
            let number = try call.number()
            let isDone = try call.change("price.delete", of: "price \(number)") {
                tables throws(StoreError) -> Bool? in try tables.prices.remove(number) ? true : nil
            }
            guard isDone != nil else { throw Console.missing }
            return .done("Deleted.")
        },
        ConsoleRoute(.get, "/api/pricing", "What the models cost that may be asked for.", .user) { call in
            let names = call.console.models()
            let priced = zip(names, call.console.prices(names)).map { name, price in
                let head: JSONObject = ["model_name": .string(name)]
                return JSON.object(price.map { object(of: $0, head) } ?? head)
            }
            return .data(.array(priced))
        },
    ]

    private static func row(in call: Call) throws -> StoredPriceTable.Row {
        var price = ModelPrice()
        var isNamed = false
        for field in prices {
            guard let dollars = try call.value(field) else { continue }
            price[class: field.name] = dollars
            isNamed = true
        }
        guard isNamed else {
            throw GatewayError(
                .invalidRequest,
                "At least one price must be there: \(ModelPrice.classes.joined(separator: ", ")).",
                parameter: "input"
            )
        }
        guard let name = try call.line(model), !name.isEmpty else {
            throw GatewayError(.invalidRequest, "'model' is required.", parameter: model.name)
        }
        return StoredPriceTable.Row(channel: try call.line(channel) ?? "", model: name, price: price)
    }

    private static func detail(of row: StoredPriceTable.Row) -> String {
        let prices = ModelPrice.classes.compactMap { name in row.price[class: name].map { "\(name) \($0)" } }
        return (row.channel.isEmpty ? "" : "at \(row.channel): ") + prices.joined(separator: ", ")
    }

    private static func json(_ row: StoredPriceTable.Row) -> JSON {
        .object(
            object(
                of: row.price,
                ["id": JSON(Int(row.id)), "model": .string(row.model), "channel": .string(row.channel)]
            )
        )
    }

    /// With the price of each class, and as the page has it that is used with this API: one ratio is $2 a million.
    private static func object(of price: ModelPrice, _ head: JSONObject) -> JSONObject {
        var object = head
        for name in ModelPrice.classes { object[name] = price[class: name].map { JSON($0) } }
        object["quota_type"] = price.isFixed && price.call > .zero ? 1 : 0
        object["model_price"] = JSON(price[class: "call"] ?? 0)
        object["model_ratio"] = JSON((price[class: "input"] ?? 0) / 2)
        object["completion_ratio"] = JSON(price.input == 0 ? 1 : Double(price.output) / Double(price.input))
        return object
    }
}
