import MartletCore
import MartletWeb
import Testing

@Suite struct `Queries of addresses` {
    @Test func `names and values are decoded, and the first of several stands`() {
        let query = Query("a=1&b=x%20y+z&a=2&c&=d&%=e")
        #expect(query["a"] == "1" && query["b"] == "x y z" && query["c"] == "" && query["d"] == nil)
        #expect(Query(nil) == Query(""))
    }

    @Test(arguments: ["%zz", "%", "%00", "%ff"])
    func `a value that cannot be decoded stands as it was sent`(text: String) {
        #expect(Query("n=\(text)")["n"] == text)
        #expect(throws: GatewayError.self) { try Query("n=\(text)").integer("n", in: 1...9) }
    }

    @Test func `a number is read within its limits`() throws {
        #expect(try Query("n=5").integer("n", in: 1...9) == 5)
        #expect(try Query("").integer("n", in: 1...9) == nil)
        for text in ["0", "10", "x", "", "5.0"] {
            #expect(throws: GatewayError.self) { try Query("n=\(text)").integer("n", in: 1...9) }
        }
    }
}
