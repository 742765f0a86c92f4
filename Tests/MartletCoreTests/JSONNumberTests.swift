import MartletCore
import Testing

@Suite("JSON number")
struct JSONNumberTests {
    @Test(arguments: [
        ("3", 3), ("-3", -3), ("-0", 0), ("3.0", 3), ("3e2", 300), ("3E+2", 300), ("300e-2", 3), ("0.3e1", 3),
        ("1.250e2", 125), ("-1.20e1", -12), ("0e999999999999999999999", 0), ("0.000e-5", 0),
        ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775807.0", .max),
        ("922337203685477580.7e1", .max), ("-9.223372036854775808e18", .min),
        ("9007199254740993.0", 9_007_199_254_740_993),
    ])
    func `a whole number is read whatever its spelling`(text: String, expected: Int) throws {
        #expect(try JSON.parse(text).intValue == expected)
    }

    @Test(arguments: [
        "3.5", "1e-1", "9223372036854775808", "-9223372036854775809", "1e19", "1e400",
        "1e99999999999999999999",
        "1.00000000000000000000001", "1e-9223372036854775808", "1.5e9223372036854775807", "123e-4",
    ])
    func `a number that is not whole or does not fit is no Int`(text: String) throws {
        #expect(try JSON.parse(text).intValue == nil)
    }

    @Test(arguments: [
        ("0.1", 0.1), ("-0", -0.0), ("1e308", 1e308), ("5e-324", .leastNonzeroMagnitude), ("1e-400", 0),
        ("12", 12),
    ])
    func `a number is read as the nearest Double`(text: String, expected: Double) throws {
        #expect(try JSON.parse(text).doubleValue == expected)
    }

    @Test(arguments: ["1e309", "-1e309", "1e99999999999999999999"])
    func `a number beyond Double is none`(text: String) throws {
        #expect(try JSON.parse(text).doubleValue == nil)
    }

    @Test(arguments: [0, -0.0, 1, -1.5, 1e20, 1e-7, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1])
    func `a Double is spelled so that it reads back`(value: Double) throws {
        let number = try #require(try JSON.parse(JSONNumber(value).text).doubleValue)
        #expect(number.bitPattern == value.bitPattern)
    }

    @Test func `a number of a megabyte keeps its spelling`() throws {
        let text = String(repeating: "7", count: 1 << 20)
        let value = try JSON.parse("0." + text)
        #expect(value.serialized().count == text.utf8.count + 2)
        #expect(value.doubleValue == 0.7777777777777778)
        #expect(value.intValue == nil)
    }

    @Test func `an integer is spelled in decimal`() {
        #expect(JSONNumber(Int.min).text == "-9223372036854775808")
        #expect(JSONNumber(Int64.max).text == "9223372036854775807")
    }
}
