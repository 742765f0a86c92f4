import MartletCore
import MartletMeter
import MartletStore
import MartletTesting
import Synchronization
import Testing

@Suite("What models cost")
struct PriceTableTests {
    private let folder = TemporaryFolder()

    private func calls(_ nano: Int64) -> ModelPrice {
        var price = ModelPrice()
        price.call = Credits(nano: nano)
        return price
    }

    @Test func `every class is named, and comes back as it was set`() {
        var price = ModelPrice()
        for (number, name) in ModelPrice.classes.enumerated() {
            price[class: name] = Double(number) + 0.25
        }
        for (number, name) in ModelPrice.classes.enumerated() {
            #expect(price[class: name] == Double(number) + 0.25, "\(name)")
        }
        #expect(price.input == 250_000 && price.call == Credits(dollars: "11.25"))
        price[class: "cached_input"] = nil
        #expect(price[class: "cached_input"] == nil && price.cachedInput == nil)
        #expect(price[class: "nothing"] == nil)
        price[class: "input"] = .nan
        price[class: "output"] = 1e300
        #expect(price.input == 0 && price.output == 1_000_000_000_000)
    }

    @Test func `prices of the database come back, the more special first`() throws {
        let store = Store(path: folder.path + "/prices.db")
        var full = ModelPrice(input: 1, output: 2)
        (full.cachedInput, full.hourCacheWrite, full.image) = (3, 4, Credits(nano: 5))
        let wanted = full
        let (before, rows, after) = try store.write { tables throws(StoreError) in
            let before = try tables.channels.revision()
            for (channel, model) in [("", "*"), ("", "gpt-*"), ("", "gpt-4o"), ("c", "*"), ("c", "gpt-4o")] {
                _ = try tables.prices.put(StoredPriceTable.Row(channel: channel, model: model, price: wanted))
            }
            _ = try tables.prices.put(StoredPriceTable.Row(channel: "", model: "gpt-4o", price: calls(7)))
            return (before, try tables.prices.all(), try tables.channels.revision())
        }
        #expect(rows.map { $0.channel + $0.model } == ["cgpt-4o", "c*", "gpt-4o", "gpt-*", "*"])
        #expect(rows[0].price == full && rows[2].price == calls(7) && after > before)
        let left = try store.write { tables throws(StoreError) in
            (
                try tables.prices.remove(rows[0].id), try tables.prices.remove(rows[0].id),
                try tables.prices.all().count
            )
        }
        #expect(left == (true, false, 4))
    }

    @Test func `what was set while the service runs comes first, then the settings, then the catalogue`() {
        let managed = ManagedPrices()
        let table = PriceTable(
            managed: managed,
            rules: [PriceTable.Rule(channel: "", model: NamePattern("set*"), price: calls(2))],
            unknown: .refuse
        ) { { model, _ in model.text.hasSuffix("known") ? calls(3) : nil } }
        func price(_ name: String, at channel: String = "c") -> ModelPrice? {
            table.price(at: place(name, at: channel))
        }
        #expect(price("set-known") == calls(2) && price("known") == calls(3) && price("other") == nil)
        managed.replace(by: [StoredPriceTable.Row(channel: "c", model: "*known", price: calls(1))])
        #expect(price("set-known") == calls(1) && price("known") == calls(1) && price("set") == calls(2))
        #expect(price("set-known", at: "d") == calls(2) && price("known", at: "d") == calls(3))
        managed.replace(by: [])
        #expect(price("known") == calls(3))
    }

    @Test func `the catalogue is opened once for many models, and not for those that are known`() {
        let opened = Atomic(0)
        let table = PriceTable(rules: [], unknown: .free) {
            opened.add(1, ordering: .relaxed)
            return { model, _ in model.text == "none" ? nil : calls(3) }
        }
        let places = ["a", "b", "none", "a"].map { place($0) }
        for _ in 0..<2 {
            #expect(table.prices(at: places) == [calls(3), calls(3), nil, calls(3)])
            #expect(opened.load(ordering: .relaxed) == 1)
        }
        #expect(table.price(at: place("a", at: "elsewhere")) == calls(3))
        #expect(opened.load(ordering: .relaxed) == 2)
    }

    private func place(_ name: String, at channel: String = "c") -> PriceTable.Place {
        PriceTable.Place(model: ModelName(name), upstream: ModelName(name), channel: channel)
    }
}
