import MartletCore
import Testing

@testable import MartletProviders

@Suite("Schemas for Gemini")
struct GeminiSchemaTests {
    private func cleaned(_ text: String) throws -> JSON { GeminiSchema.cleaned(try JSON.parse(text)) }

    @Test func `what Gemini refuses is taken out at every depth`() throws {
        let schema = try cleaned(
            #"{"$schema":"x","type":"object","additionalProperties":false,"properties":{"a":{"type":"array","items":"#
                + #"{"type":"object","additionalProperties":false,"properties":{"b":{"type":"string","strict":true}}}}}}"#
        )
        #expect(
            schema
                == [
                    "type": "object",
                    "properties": [
                        "a": [
                            "type": "array",
                            "items": ["type": "object", "properties": ["b": ["type": "string"]]],
                        ]
                    ],
                ]
        )
    }

    @Test func `references are put in place, and a schema that holds itself comes to an end`() throws {
        let schema = try cleaned(
            ##"{"type":"object","properties":{"n":{"$ref":"#/$defs/node"}},"$defs":{"node":{"type":"object","##
                + ##""properties":{"next":{"$ref":"#/$defs/node"}}}}}"##
        )
        let text = String(decoding: schema.serialized(), as: UTF8.self)
        #expect(!text.contains("$"))
        #expect(schema["properties"]?["n"]?["properties"]?["next"]?["type"] == "object")
    }

    @Test func `a type with null may be null`() throws {
        #expect(try cleaned(#"{"type":["string","null"]}"#) == ["type": "string", "nullable": true])
        #expect(
            try cleaned(#"{"anyOf":[{"type":"integer"},{"type":"null"}]}"#) == [
                "type": "integer", "nullable": true,
            ]
        )
    }

    @Test func `a constant and numbers in a list become texts`() throws {
        #expect(try cleaned(#"{"const":"a"}"#)["enum"] == ["a"])
        #expect(try cleaned(#"{"type":"integer","enum":[1,2]}"#) == ["type": "string", "enum": ["1", "2"]])
    }

    @Test func `parts that all must fit are put together`() throws {
        let schema = try cleaned(
            #"{"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},"#
                + #"{"properties":{"b":{"type":"string"}},"required":["b"]}]}"#
        )
        #expect(schema["required"] == ["a", "b"])
        #expect(schema["properties"]?["b"] == ["type": "string"])
    }

    @Test func `Google's own spelling becomes JSON schema`() {
        let own: JSON = [
            "type": "OBJECT",
            "properties": ["a": ["type": "ARRAY", "items": ["type": "STRING"], "minItems": "2"]],
            "nullable": true,
        ]
        #expect(
            GeminiSchema.plain(own)
                == [
                    "type": ["object", "null"],
                    "properties": ["a": ["type": "array", "items": ["type": "string"], "minItems": 2]],
                ]
        )
    }
}
