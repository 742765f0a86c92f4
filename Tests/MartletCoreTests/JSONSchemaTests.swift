import MartletCore
import Testing

@Suite struct `JSON schemas` {
    private func problem(_ schema: String, _ value: String) throws -> String? {
        try JSONSchema(JSON.parse(schema)).problem(with: JSON.parse(value))
    }

    @Test(arguments: [
        #"{"required":["a"\#(String(repeating: #","a""#, count: 5_000))]}"#,
        #"{"properties":{"a":{"enum":[\#(String(repeating: #""v","#, count: 5_000))"x"]}}}"#,
        #"{"properties":{"a":{"type":[\#(String(repeating: #""null","#, count: 5_000))"string"]}}}"#,
        ##"{"$ref":"#/$defs/d0"}"##,
    ])
    func `A schema that asks for the same again and again is not followed to its end`(leaf: String) throws {
        let levels = (0..<12).map { level in
            let next = ##"{"$ref":"#/$defs/d\##(level + 1)"}"##
            return #""d\#(level)":{"allOf":[\#(next),\#(next)]}"#
        }
        let all = levels.joined(separator: ",")
        let schema = ##"{"$defs":{\##(all),"d12":\##(leaf)},"$ref":"#/$defs/d0"}"##
        let found = try #require(try problem(schema, #"{"a":"x"}"#))
        #expect(found.hasSuffix("is compared with a schema that never ends"))
    }

    @Test(arguments: [
        (#"{"const":"\#(String(repeating: "x", count: 100_000))"}"#, #"{"a":1}"#),
        (#"{"required":["\#(String(repeating: "é", count: 100_000))"]}"#, #"{"a":1}"#),
        (##"{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"##, "1"),
    ])
    func `What is said of a value is not as long as its schema`(schema: String, value: String) throws {
        let found = try #require(try problem(schema, value))
        #expect(found.unicodeScalars.count <= 500)
    }

    @Test(
        arguments: [
            (#"{"type":"string"}"#, #""a""#), (#"{"type":["string","null"]}"#, "null"),
            (#"{"type":"integer"}"#, "3.0"),
            (#"{"type":"number"}"#, "3"), (#"{"enum":[1,"a",null]}"#, "1.0"),
            (#"{"const":{"a":1}}"#, #"{"a":1}"#),
            (#"{"type":"array","items":{"type":"boolean"},"minItems":1,"maxItems":2}"#, "[true,false]"),
            (#"{"prefixItems":[{"type":"string"}],"items":{"type":"number"}}"#, #"["a",1,2]"#),
            (
                #"{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}"#,
                #"{"a":"x","b":1}"#
            ),
            (#"{"additionalProperties":{"type":"number"}}"#, #"{"a":1}"#), ("true", "5"), ("{}", "[{}]"),
            (#"{"anyOf":[{"type":"string"},{"type":"number"}]}"#, "5"),
            (#"{"oneOf":[{"type":"string"},{"type":"number"}]}"#, "5"),
            (#"{"allOf":[{"minimum":1},{"maximum":5}]}"#, "5"), (#"{"not":{"type":"string"}}"#, "5"),
            (#"{"multipleOf":0.1}"#, "0.3"), (#"{"minLength":1,"maxLength":2}"#, #""äö""#),
            (#"{"exclusiveMinimum":1,"exclusiveMaximum":3}"#, "2"), (#"{"uniqueItems":true}"#, "[1,2]"),
            (
                ##"{"$ref":"#/$defs/t","$defs":{"t":{"properties":{"c":{"$ref":"#"}},"additionalProperties":false}}}"##,
                #"{"c":{"c":{}}}"#
            ),
            (##"{"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"null"}}}"##, "null"),
            (#"{"pattern":"^x$"}"#, #""y""#),
        ] as [(String, String)]
    )
    func `what fits has no problem`(schema: String, value: String) throws {
        #expect(try problem(schema, value) == nil)
    }

    @Test(
        arguments: [
            (#"{"type":"string"}"#, "5", "the value must be string, not number"),
            (#"{"type":"integer"}"#, "3.5", "the value must be integer, not number"),
            (#"{"enum":["a","b"]}"#, #""c""#, #"the value must be one of "a", "b""#),
            (#"{"const":1}"#, "2", "the value must be 1"),
            (#"{"required":["a"]}"#, "{}", "a is missing"),
            (
                #"{"properties":{"a":{"items":{"type":"number"}}}}"#, #"{"a":[1,"x"]}"#,
                "a[1] must be number, not string"
            ),
            (#"{"additionalProperties":false,"properties":{}}"#, #"{"b":1}"#, "b is not in the schema"),
            (#"{"additionalProperties":{"type":"number"}}"#, #"{"b":"x"}"#, "b must be number, not string"),
            (#"{"minItems":2}"#, "[1]", "the value must have at least 2 elements"),
            (#"{"maxItems":0}"#, "[1]", "the value must have at most 0 elements"),
            (#"{"minLength":2}"#, #""a""#, "the value must have at least 2 characters"),
            (#"{"maxProperties":0}"#, #"{"a":1}"#, "the value must have at most 0 members"),
            (#"{"minimum":2}"#, "1", "the value must be at least 2.0"),
            (#"{"maximum":2}"#, "3", "the value must be at most 2.0"),
            (#"{"exclusiveMinimum":2}"#, "2", "the value must be above 2.0"),
            (#"{"exclusiveMaximum":2}"#, "2", "the value must be below 2.0"),
            (#"{"multipleOf":2}"#, "3", "the value must be a multiple of 2.0"),
            (#"{"uniqueItems":true}"#, "[1,1]", "the value must not hold an element twice"),
            (
                #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "5",
                "the value fits none of the alternatives; the first: the value must be string, not number"
            ),
            (
                #"{"oneOf":[{"minimum":1},{"maximum":5}]}"#, "3",
                "the value fits 2 of the alternatives, not one"
            ),
            (
                #"{"allOf":[{"type":"number"},{"type":"string"}]}"#, "3",
                "the value must be string, not number"
            ),
            (#"{"not":{}}"#, "3", "the value fits what is excluded"),
            ("false", "3", "the value must not be there"),
            (##"{"properties":{"c":{"$ref":"#"}},"required":["n"]}"##, #"{"n":1,"c":{}}"#, "c.n is missing"),
        ] as [(String, String, String)]
    )
    func `what does not fit is named with its place`(schema: String, value: String, problem wanted: String)
        throws
    {
        #expect(try problem(schema, value) == wanted)
    }

    @Test(arguments: [
        ("5", ""), (#"{"type":"text"}"#, "type"), (#"{"type":[]}"#, "type"),
        (#"{"properties":{"a":{"type":1}}}"#, "properties.a.type"), (#"{"items":[]}"#, "items"),
        (#"{"required":"a"}"#, "required"), (#"{"enum":[]}"#, "enum"), (#"{"anyOf":[]}"#, "anyOf"),
        (##"{"anyOf":[{},{"$ref":"#/no"}]}"##, "anyOf[1].$ref"), (#"{"$ref":"https://x/y"}"#, "$ref"),
        (#"{"minItems":-1}"#, "minItems"), (#"{"minimum":"1"}"#, "minimum"),
    ])
    func `a schema that means nothing is refused with its place`(schema: String, path: String) throws {
        let fault = #expect(throws: JSONSchemaFault.self) { try JSONSchema(JSON.parse(schema)) }
        #expect(fault?.path == path)
    }

    @Test func `a circle and a jungle of alternatives come to an end`() throws {
        #expect(try problem(##"{"$ref":"#"}"##, "1")?.hasSuffix("never ends") == true)
        let twice = ##"{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"##
        #expect(try problem(twice, "1")?.contains("never ends") == true)
    }
}
